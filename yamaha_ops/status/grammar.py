"""Lines of an answer, recognised by a table: labels, whole sentences and forms in both languages.

The console breaks lines at its width, in the middle of a token and without a mark. The width is
not in the text, but every broken piece fills it, so a break can only stand behind one of the
widest lines. Whether it does stand there is decided by the table: what begins like a line of this
answer is a line, and anything else continues the line before. Pieces are joined without a blank.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from yamaha_ops.errors import ParseError
from yamaha_ops.status.framing import answer, cells

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

Line: TypeAlias = tuple[str, str, str]
"""Key of the table, value (what stands behind a label, else the stripped line), the whole line."""

IGNORED = ""
"""The key of lines that are understood and hold nothing a record wants."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The kinds of line that one command prints.

    Attributes:
        labels: Printed label (both languages) to key; the value stands behind ``:``.
        sentences: A whole stripped line to key.
        forms: Key to a pattern that matches the beginning of a line. It must match a line that a
            wrap has cut, so it asks for no more than makes the line unmistakable.
        continuation: Matches a piece that continues a line whatever the widths say.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    forms: Sequence[tuple[str, re.Pattern[str]]] = ()
    continuation: re.Pattern[str] | None = None

    def recognise(self, line: str) -> Line | None:
        """Say which kind of line this is, or None where the table has no such line."""
        label, colon, value = line.partition(":")
        if colon and (not value or value[0].isspace()):
            key = self.labels.get(label.strip())
            if key is not None:
                return key, value.strip(), line
        if self.sentences:
            stripped = line.strip()
            key = self.sentences.get(stripped)
            if key is not None:
                return key, stripped, line
        for key, pattern in self.forms:
            if pattern.match(line):
                return key, line.strip(), line
        return None

    def read(self, text: str | bytes, command: str) -> Reader:
        """Frame the text and start reading it line by line."""
        return Reader(self, answer(text, command), command)


class Reader:
    """One pass over an answer: iterate for ``(key, value, line)``; the rest ends in `unknown`.

    A parser that recognises a line but cannot read its value hands it back with `reject`.
    """

    def __init__(self, grammar: Grammar, lines: Sequence[str], command: str) -> None:
        self._grammar = grammar
        self._lines = lines
        self._command = command
        self._width = -1
        self._understood = 0
        self.unknown: list[str] = []

    def __iter__(self) -> Iterator[Line]:
        """Give the recognised lines, with broken ones put together.

        Raises:
            ParseError: Text came, and not one line of it belongs to this command.
        """
        recognise = self._grammar.recognise
        held: str | None = None
        found: Line | None = None
        before = ""  # the physical line whose end a break would follow
        for index, line in enumerate(self._lines):
            here = recognise(line)
            if held is not None:
                if here is None and self._continues(before, line, index):
                    held += line
                    found = recognise(held)
                    before = line
                    continue
                yield from self._give(held, found)
            held, found, before = line, here, line
        if held is not None:
            yield from self._give(held, found)
        if self.unknown and not self._understood:
            raise ParseError(
                f"this is not an answer to '{self._command}': no line of it is known",
                command=self._command,
                output="\n".join(self._lines[:3])[:300],
            )

    def reject(self, line: str) -> None:
        """Count a recognised line as not understood after all."""
        self.unknown.append(line.strip())

    def _give(self, line: str, found: Line | None) -> Iterator[Line]:
        if found is None:
            self.unknown.append(line.strip())
            return
        self._understood += 1
        if found[0] is not IGNORED:
            yield found

    def _continues(self, before: str, line: str, index: int) -> bool:
        """Whether ``line`` is the rest of ``before``, which a wrap broke."""
        forced = self._grammar.continuation
        if forced is not None and forced.match(line):
            return True
        if self._width < 0:
            self._width = max(map(cells, self._lines))
        short = self._width - cells(before)
        # A full-width character that finds one cell left goes to the next line as a whole.
        filled = short == 0 or (short == 1 and unicodedata.east_asian_width(line[0]) in "WFA")
        if not filled:
            return False
        # A complete line may fill the width by chance. Then the next one, broken inside its
        # label, is known by what it becomes with its own rest.
        return not (
            index + 1 < len(self._lines)
            and self._width - cells(line) <= 1
            and self._grammar.recognise(line + self._lines[index + 1]) is not None
        )
