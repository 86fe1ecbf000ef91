"""The fleet as a visitor sees it: one row a router, found, filtered and sorted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from yamaha_ops.web.store.fleet import Alarm, RouterState
from yamaha_ops.web.watch.rules import Severity
from yamaha_ops.web.watch.schedule import patience
from yamaha_ops.web.watch.summary import Line, Reach
from yamaha_ops.web.watch.watch import watch_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy import Row as Found

    from yamaha_ops.inventory import Router
    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console

PAGE: Final = 100
"""Rows on one page."""

_COLUMNS: Final = tuple(
    column for column in RouterState.__table__.columns if column.name != "remembered"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One router. What is not known is None.

    Attributes:
        router: Its entry in the inventory.
        state: What it said last; None before it was asked for the first time.
        reach: Whether the console can talk to it now.
        fresh: Whether its last answer is as young as it should be.
        alarms: Open ones by severity.
        unseen: How many of these nobody has acknowledged.
    """

    router: Router
    state: Found[Any] | None
    reach: Reach
    fresh: bool
    alarms: Counter[str] = field(default_factory=Counter)
    unseen: int = 0

    @property
    def name(self) -> str:
        """In the inventory."""
        return self.router.name

    @property
    def line(self) -> Line:
        """The line, as far as it is known now."""
        if self.state is None or self.reach is not Reach.ONLINE:
            return Line.UNKNOWN
        return Line(self.state.line)

    @property
    def share(self) -> float | None:
        """Sessions for each port of the line, or of the session table where it has all ports."""
        if self.state is None or self.state.sessions is None:
            return None
        most = self.state.ports or self.state.sessions_limit
        return self.state.sessions / most if most else None

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst open alarm."""
        return max((Severity(each) for each in self.alarms), key=lambda s: s.rank, default=None)

    @property
    def trouble(self) -> bool:
        """Whether somebody should look: it is away, its line is down, or an alarm is open."""
        return (
            self.reach in {Reach.OFFLINE, Reach.ERROR}
            or self.line is Line.DOWN
            or any(each != Severity.INFO for each in self.alarms)
        )

    @property
    def drifted(self) -> bool:
        """Whether it runs something else than the inventory says."""
        return bool(self.state and self.state.drift)

    @property
    def unsaved(self) -> bool:
        """Whether a restart would bring another configuration."""
        return bool(self.state and self.state.unsaved)

    def text(self) -> str:
        """Return everything that a search looks through, in lower case."""
        router, state = self.router, self.state
        parts = [router.name, router.host, router.model]
        parts += [f"{key}={value}" for key, value in router.labels.items()]
        if state:
            parts += [state.model, state.firmware, state.serial, state.address, state.prefix]
        return " ".join(part for part in parts if part).lower()


class Show(StrEnum):
    """A part of the fleet that has a link of its own."""

    ALL = "all"
    TROUBLE = "trouble"
    AWAY = "away"
    ALARMS = "alarms"
    DRIFT = "drift"
    UNSAVED = "unsaved"


_SHOWN: Final[Mapping[Show, Callable[[Row], bool]]] = {
    Show.ALL: lambda _row: True,
    Show.TROUBLE: lambda row: row.trouble,
    Show.AWAY: lambda row: row.reach not in {Reach.ONLINE, Reach.COMMUNICATING},
    Show.ALARMS: lambda row: bool(row.alarms),
    Show.DRIFT: lambda row: row.drifted,
    Show.UNSAVED: lambda row: row.unsaved,
}

_REACH_ORDER: Final = {
    reach: place
    for place, reach in enumerate(
        (Reach.ERROR, Reach.OFFLINE, Reach.UNKNOWN, Reach.COMMUNICATING, Reach.ONLINE)
    )
}
_LINE_ORDER: Final = {Line.DOWN: 0, Line.UNKNOWN: 1, Line.UP: 2}


class Sort(StrEnum):
    """What rows are sorted by; the first direction is the one that puts the worst on top."""

    NAME = "name"
    STATE = "state"
    LINE = "line"
    PORTS = "ports"
    CONTACT = "contact"
    ALARMS = "alarms"
    DRIFT = "drift"
    FIRMWARE = "firmware"


_KEYS: Final[Mapping[Sort, Callable[[Row], Any]]] = {
    Sort.NAME: lambda row: _natural(row.name),
    Sort.STATE: lambda row: _REACH_ORDER[row.reach],
    Sort.LINE: lambda row: _LINE_ORDER[row.line],
    Sort.PORTS: lambda row: -(row.share or 0.0),
    Sort.CONTACT: lambda row: (row.state.last_contact if row.state else None) or 0.0,
    Sort.ALARMS: lambda row: (-(row.worst.rank + 1 if row.worst else 0), -row.alarms.total()),
    Sort.DRIFT: lambda row: -((row.state.drift if row.state else None) or 0) - row.unsaved / 2,
    Sort.FIRMWARE: lambda row: (row.state.firmware if row.state else None) or "",
}


@dataclass(frozen=True, slots=True)
class Query:
    """What of the fleet is wanted.

    Attributes:
        words: All of them must be found.
        labels: ``key=value``; of one key any may hold, of several keys all must.
        show: Which part.
        sort: By what.
        down: Whether the other way round.
        page: From 1.
    """

    words: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    show: Show = Show.ALL
    sort: Sort = Sort.NAME
    down: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of the fleet.

    Attributes:
        rows: Of this page.
        found: How many rows the query has.
        total: How many routers the visitor sees.
        page: Of this page, from 1; not beyond the last one.
        pages: How many there are.
        shown: How many rows each part has, with the same words and labels.
        labels: Labels with how many routers have them, the most frequent of each key first.
    """

    rows: Sequence[Row]
    found: int
    total: int
    page: int
    pages: int
    shown: Mapping[Show, int]
    labels: Mapping[str, Sequence[tuple[str, int]]]


def rows_for(
    console: Console, visitor: Visitor, chosen: Sequence[Router] | None = None
) -> list[Row]:
    """Return routers as rows.

    Args:
        console: The console.
        visitor: Who asks.
        chosen: Some of the routers that the visitor sees; all of these if left out, in the order of
            the inventory.
    """
    wanted = select(*_COLUMNS)
    alarms: ColumnElement[bool] = Alarm.closed.is_(None)
    if chosen is None:
        routers = [each for each in console.inventory().routers.values() if visitor.sees(each)]
    else:
        routers = list(chosen)
        names = [each.name for each in chosen]
        wanted = wanted.where(RouterState.router.in_(names))
        alarms &= Alarm.router.in_(names)
    with console.database.reading() as session:
        states = {row.router: row for row in session.execute(wanted)}
        counts: dict[str, list[tuple[str, bool, int]]] = {}
        for router, severity, unseen, count in session.execute(
            select(Alarm.router, Alarm.severity, Alarm.acknowledged.is_(None), func.count())
            .where(alarms)
            .group_by(Alarm.router, Alarm.severity, Alarm.acknowledged.is_(None))
        ):
            counts.setdefault(router, []).append((severity, bool(unseen), count))
    watch, now = watch_of(console), console.now()
    oldest = patience(console.settings.poll_seconds).longest * 2
    communicating = watch.poller.communicating if watch else (lambda _name: False)
    return [
        _row(
            router,
            states.get(router.name),
            counts.get(router.name, ()),
            busy=communicating(router.name),
            now=now,
            oldest=oldest,
            every=console.settings.poll_seconds,
        )
        for router in routers
    ]


def _row(  # noqa: PLR0913 -- the parts of a row
    router: Router,
    state: Found[Any] | None,
    counts: Iterable[tuple[str, bool, int]],
    *,
    busy: bool,
    now: float,
    oldest: float,
    every: float,
) -> Row:
    alarms: Counter[str] = Counter()
    unseen = 0
    for severity, is_unseen, count in counts:
        alarms[severity] += count
        unseen += count if is_unseen else 0
    reach = reach_now(state.reach, state.checked, now, oldest) if state else Reach.UNKNOWN
    if busy:
        reach = Reach.COMMUNICATING
    contact = state.last_contact if state else None
    fresh = contact is not None and abs(now - contact) <= 3 * every
    return Row(router, state, reach, fresh, alarms, unseen)


def reach_now(reach: str, checked: float, now: float, oldest: float) -> Reach:
    """Return the word of the last attempt, or "unknown" where that is too long ago.

    An attempt in the future counts as long ago too: the clock was set, and it is not known when it
    was. The next round mends that.
    """
    return Reach(reach) if abs(now - checked) <= oldest else Reach.UNKNOWN


def overview(rows: Sequence[Row], query: Query) -> Overview:
    """Return the page of the fleet that is wanted."""
    chosen = _by_key(query.labels)
    matching = [
        row
        for row in rows
        if all(row.router.labels.get(key) in values for key, values in chosen.items())
        and (not query.words or _has(row, query.words))
    ]
    shown = {show: sum(map(holds, matching)) for show, holds in _SHOWN.items()}
    found = [row for row in matching if _SHOWN[query.show](row)]
    found.sort(key=lambda row: _natural(row.name))
    if query.sort is not Sort.NAME:
        found.sort(key=_KEYS[query.sort])
    if query.down:
        found.reverse()
    pages = max(1, -(-len(found) // PAGE))
    page = min(query.page, pages)
    return Overview(
        rows=found[(page - 1) * PAGE : page * PAGE],
        found=len(found),
        total=len(rows),
        page=page,
        pages=pages,
        shown=shown,
        labels=_labels(rows),
    )


def _has(row: Row, words: Sequence[str]) -> bool:
    text = row.text()
    return all(word in text for word in words)


def _by_key(labels: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for label in labels:
        key, equals, value = label.partition("=")
        if equals:
            found.setdefault(key, set()).add(value)
    return found


def _natural(name: str) -> tuple[tuple[str, int], ...]:
    """Sort ``r2`` before ``r10``."""
    parts: list[tuple[str, int]] = []
    text = digits = ""
    for letter in name:
        if letter.isascii() and letter.isdigit():
            digits += letter
        else:
            if digits:
                parts.append((text, int(digits)))
                text = digits = ""
            text += letter
    return (*parts, (text, int(digits) if digits else -1))


def _labels(rows: Iterable[Row]) -> dict[str, list[tuple[str, int]]]:
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        for key, value in row.router.labels.items():
            counts.setdefault(key, Counter())[value] += 1
    return {key: counts[key].most_common() for key in sorted(counts)}
