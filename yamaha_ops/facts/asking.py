"""Questions to a router that not every model and revision can answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from yamaha_ops.errors import CommandError, ParseError
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    Ask = Callable[[str], str]
    """Enters a show command and returns the answer; a session's ``run``."""

Record = TypeVar("Record")


def record_of(ask: Ask, command: str, kind: type[Record]) -> Record | None:
    """Return the record of an answer; None where there is none."""
    try:
        record = parse(command, ask(command)).record
    except (CommandError, ParseError):
        return None
    return record if isinstance(record, kind) else None


def lines_of(ask: Ask, command: str) -> tuple[str, ...] | None:
    """Return the lines of an answer; None where the router does not know the command."""
    try:
        text = ask(command)
    except CommandError:
        return None
    return tuple(line.rstrip() for line in text.splitlines() if line.strip())
