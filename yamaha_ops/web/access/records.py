"""The audit log, read: chosen by who, what, where and when, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from yamaha_ops.web.store.people import AuditEntry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.web.console import Console

PAGE: Final = 100
_PIECE: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries.

    Attributes:
        who: A user's name.
        act: What was done, or how that begins: ``change`` finds ``change.approve``.
        router: Which router.
        since: Not before, in seconds since 1970.
        until: Before.
    """

    who: str = ""
    act: str = ""
    router: str = ""
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of entries, the newest first, and where the next older one begins."""

    entries: Sequence[AuditEntry] = field(default_factory=tuple)
    older: int | None = None


def entries(console: Console, wanted: Wanted, *, before: int | None, most: int = PAGE) -> Found:
    """Return the newest entries that fit and are older than a certain one."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most + 1)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    if wanted.who:
        query = query.where(AuditEntry.who == wanted.who)
    if wanted.act:
        query = query.where(AuditEntry.act.startswith(wanted.act, autoescape=True))
    if wanted.router:
        query = query.where(AuditEntry.router == wanted.router)
    if wanted.since is not None:
        query = query.where(AuditEntry.time >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.time < wanted.until)
    with console.database.reading() as session:
        found = session.scalars(query).all()
    return Found(found[:most], found[most - 1].id if len(found) > most else None)


def every_entry(console: Console, wanted: Wanted) -> Iterator[AuditEntry]:
    """Yield all entries that fit, the newest first, without holding them all at once."""
    before: int | None = None
    while True:
        found = entries(console, wanted, before=before, most=_PIECE)
        yield from found.entries
        if found.older is None:
            return
        before = found.older


def entry_as_json(entry: AuditEntry) -> dict[str, Any]:
    """Return plain data; the time is ISO 8601."""
    return {
        "id": entry.id,
        "time": datetime.fromtimestamp(entry.time, UTC).isoformat(),
        "who": entry.who,
        "act": entry.act,
        "router": entry.router,
        "address": entry.address,
        "detail": entry.detail,
    }
