"""A command as it is typed: exactly one, exactly as it stands, or refused.

`embedded file` and `macro` are one command of several lines, up to their end word (REF 4.92-4.93).
Nothing else has a line end in it, so a value that brings one along cannot become a second command.
"""

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


_BLOCK: Final = re.compile(
    r"[ ]*(?:embedded[ ]+file|macro)[ ][^\n]*<<(?P<end>\w+)\n(?P<body>.*\n)??[ ]*(?P=end)",
    re.DOTALL | re.IGNORECASE,
)


def typed(command: str, router: str) -> bytes:
    """Return the bytes to type for a command, without its last line end.

    Raises:
        ConsoleError: It would be more or less than one command.
    """
    block = _BLOCK.fullmatch(command)
    problem = _block_problem(command, block["end"]) if block else _problem(command)
    if problem:
        raise ConsoleError(
            f"the command cannot be typed: {problem}",
            router=router,
            command=mask(command.partition("\n")[0]),
        )
    return command.replace("\n", "\r").encode(CODEC)


def _block_problem(block: str, end: str) -> str | None:
    header, *body, _ = block.split("\n")
    if any(line.strip() == end for line in body):
        return f"the end word {end} stands inside the block"
    if any("?" in line for line in body):
        # Whether a question mark is plain text inside a block is not documented.
        return "a question mark inside the block may show help; write it otherwise"
    return _problem(header) or next(filter(None, map(_line_problem, body)), None)


def _problem(command: str) -> str | None:
    if not command.strip():
        return "it is empty"
    if "?" in unquoted(command):
        return "a question mark outside quotes shows help at once"
    return _line_problem(command)


def check_setting(command: str, router: str) -> None:
    """Refuse what :meth:`Session.send` would refuse, before anything is sent.

    Raises:
        ConsoleError: It would be more or less than one setting command.
    """
    typed(command, router)
    refuse_operators(command, router)


def refuse_operators(command: str, router: str) -> None:
    """Refuse a setting command that would pipe or redirect what it prints (REF 2.5).

    Raises:
        ConsoleError: A ``|`` or ``>`` stands outside quotes.
    """
    found = re.search(r"[|>]", unquoted(command.partition("\n")[0]))
    if found:
        raise ConsoleError(
            f"the command cannot be typed: {found[0]!r} outside quotes sends output elsewhere",
            router=router,
            command=mask(command),
        )


def unquoted(command: str) -> str:
    """Return what of a command is neither quoted nor escaped (REF 1.5)."""
    return re.sub(r"\\.|'[^']*'|\"[^\"]*\"", "", command)


def _line_problem(command: str) -> str | None:
    if not command.isprintable():
        return "it holds a control character"
    if screen.cells(command) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    try:
        command.encode(CODEC)
    except UnicodeEncodeError as error:
        return f"the router's character set has no {command[error.start]!r}"
    return None
