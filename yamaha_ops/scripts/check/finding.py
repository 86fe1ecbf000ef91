"""What the check found: one thing, at one place, with its cure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """It will not work on the router, or harms it."""
    WARNING = "warning"
    """It works, or may; a person should look."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to change in a script.

    Attributes:
        line: From 1.
        column: From 1, in bytes; 0 where only the line is known.
        level: See :class:`Level`.
        code: The rule's name, ``decimal-number``.
        message: What is wrong, in one sentence.
        cure: What would be right.
    """

    line: int
    column: int
    level: Level
    code: str
    message: str
    cure: str

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)
