"""The last answer to each question, and what it was read as: the same text is the same record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.status import parse

if TYPE_CHECKING:
    from yamaha_ops.status import Parsed

LONGEST: Final = 4096
"""Longer answers are read again each time, in characters: their text is not worth its memory."""

MOST: Final = 64
"""Commands that are remembered; a round of the largest module has fewer."""


class Memo:
    """For one router, asked the same again and again. Not for two threads at once.

    Attributes:
        rows: How many rows the last answer to each command had (``Session.run_all``).
    """

    def __init__(self) -> None:
        self.rows: dict[str, int] = {}
        self._known: dict[str, tuple[str, Parsed]] = {}

    def parse(self, command: str, text: str) -> Parsed:
        """Read an answer, or remember what the same one was read as.

        Raises:
            ParseError: The text is no answer to the command.
        """
        known = self._known.get(command)
        if known is not None and known[0] == text:
            return known[1]
        parsed = parse(command, text)
        if len(text) <= LONGEST and (known is not None or len(self._known) < MOST):
            self._known[command] = text, parsed
        return parsed
