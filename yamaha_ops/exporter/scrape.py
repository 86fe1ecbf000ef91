"""What the exporter knows of one router after one attempt to ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.health import Health

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class Scrape:
    """One attempt.

    Attributes:
        router: Name in the inventory.
        time: When it ended, in seconds since 1970.
        seconds: How long it took.
        health: What the router said; None where it could not be asked.
        error: Why not, in one line.
        age: How old the result was when it was served, where that is worth saying.
        backup_time: When its configuration was last backed up, if it is known.
    """

    router: str
    time: float
    seconds: float
    health: Health | None = None
    error: str | None = None
    age: float | None = None
    backup_time: float | None = None

    def records(self, kind: type[_Record]) -> Iterator[_Record]:
        """Give the records of one kind; none where the router could not be asked."""
        return self.health.records(kind) if self.health else iter(())
