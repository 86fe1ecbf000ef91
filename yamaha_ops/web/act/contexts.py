"""Commands by the context that each is typed in, for showing."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from yamaha_ops.config import Command


class Shown(NamedTuple):
    """One command as a page shows it."""

    action: str
    line: str
    context: str


def by_context(commands: Iterable[Shown]) -> list[tuple[str, list[Shown]]]:
    """Return commands in order, those of one context together; what selects it comes with them."""
    return [(name, list(group)) for name, group in groupby(commands, _context)]


def of_plan(plan: Mapping[str, Any]) -> list[Shown]:
    """Return the commands of a plan as it is kept."""
    return [
        Shown(each["action"], each["line"], each["context"]) for each in plan.get("commands", ())
    ]


def of_difference(commands: Iterable[Command]) -> list[Shown]:
    """Return commands with their secrets masked."""
    return [Shown(each.action, each.masked, each.context) for each in commands]


def _context(command: Shown) -> str:
    words = command.line.split()
    if command.action == "select" and words[2:3] not in ([], ["none"]):
        return f"{words[0]}{words[2]}"
    return command.context
