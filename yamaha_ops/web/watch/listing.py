"""Alarms, chosen and page by page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from yamaha_ops.web.store.fleet import Alarm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console

PAGE: Final = 50
"""Alarms on one page."""


class State(StrEnum):
    """How far an alarm is."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


_IS: Final[Mapping[State, ColumnElement[bool]]] = {
    State.OPEN: Alarm.closed.is_(None) & Alarm.acknowledged.is_(None),
    State.ACKNOWLEDGED: Alarm.closed.is_(None) & Alarm.acknowledged.is_not(None),
    State.CLOSED: Alarm.closed.is_not(None),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of alarms.

    Attributes:
        alarms: The newest first.
        more: Whether there are older ones.
        counts: How many there are of each state.
    """

    alarms: Sequence[Alarm]
    more: bool
    counts: Mapping[State, int]


def seen_by(console: Console, visitor: Visitor) -> ColumnElement[bool] | None:
    """Return what chooses the alarms of the routers that a visitor sees; None chooses all."""
    if visitor.labels is None:
        return None
    routers = console.inventory().routers.values()
    return Alarm.router.in_([each.name for each in routers if visitor.sees(each)])


def listed(
    session: Session,
    seen: ColumnElement[bool] | None,
    *,
    state: State | None = None,
    router: str | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Listed:
    """Return alarms.

    Args:
        session: Where from.
        seen: Of :func:`seen_by`.
        state: Only such; all if left out.
        router: Only of that router.
        before: Only those with a smaller number: the last one of the page before.
        limit: How many.
    """
    mine: list[ColumnElement[bool]] = [] if seen is None else [seen]
    if router is not None:
        mine.append(Alarm.router == router)
    counts = {
        each: session.scalar(select(func.count()).select_from(Alarm).where(*mine, holds)) or 0
        for each, holds in _IS.items()
    }
    chosen = [*mine]
    if state is not None:
        chosen.append(_IS[state])
    if before is not None:
        chosen.append(Alarm.id < before)
    found = session.scalars(
        select(Alarm).where(*chosen).order_by(Alarm.id.desc()).limit(limit + 1)
    ).all()
    return Listed(found[:limit], len(found) > limit, counts)


def one(session: Session, seen: ColumnElement[bool] | None, number: int) -> Alarm | None:
    """Return an alarm that a visitor sees."""
    mine = [] if seen is None else [seen]
    return session.scalars(select(Alarm).where(Alarm.id == number, *mine)).first()
