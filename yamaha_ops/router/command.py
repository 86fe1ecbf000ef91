"""A command as it is typed: exactly one, exactly as it stands, or refused."""

from __future__ import annotations

import re
from typing import Final

from yamaha_ops.config import mask
from yamaha_ops.errors import ConsoleError
from yamaha_ops.router import screen

LONGEST: Final = 4095
"""REF 1.5, in half-width characters."""

CODEC: Final = "cp932"
"""Values may be Shift_JIS (REF 4.56); everything else that is typed is ASCII (REF 2.1.1)."""


def typed(command: str, router: str) -> bytes:
    """Return the bytes to type for a command, without its line end.

    Raises:
        ConsoleError: It would be more or less than one command.
    """
    problem = _problem(command)
    if problem:
        raise ConsoleError(
            f"the command cannot be typed: {problem}", router=router, command=mask(command)
        )
    return command.encode(CODEC)


def _problem(command: str) -> str | None:
    if not command.strip():
        return "it is empty"
    if not command.isprintable():
        return "it holds a control character"
    if screen.cells(command) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    if _asks_for_help(command):
        return "a question mark outside quotes shows help at once"
    try:
        command.encode(CODEC)
    except UnicodeEncodeError as error:
        return f"the router's character set has no {command[error.start]!r}"
    return None


def _asks_for_help(command: str) -> bool:
    """Tell whether a ``?`` is neither quoted nor escaped (REF 1.5)."""
    return "?" in re.sub(r"\\.|'[^']*'|\"[^\"]*\"", "", command)
