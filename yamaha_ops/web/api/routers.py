"""Routers: how they are, what they say, and how they were over the last days."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import select

from yamaha_ops.web.access.visitor import Visitor, chosen, visitor
from yamaha_ops.web.api.problems import PROBLEMS
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import NotFoundError, StoreError
from yamaha_ops.web.pages.fleet import Wanted
from yamaha_ops.web.store.fleet import RouterRecord, Sample
from yamaha_ops.web.watch import overview
from yamaha_ops.web.watch.overview import Row
from yamaha_ops.web.watch.summary import Line, Reach
from yamaha_ops.web.watch.watch import watch_of

router = APIRouter(prefix="/api/v1", tags=["routers"], responses=PROBLEMS)

MOST_SAMPLES = 5000

Shared = Annotated[Console, Depends(console)]
Somebody = Annotated[Visitor, Depends(visitor)]


class RouterSummary(BaseModel):
    """One router in a row. What it did not tell is null; times are ISO 8601."""

    router: str
    host: str
    labels: dict[str, str]
    reach: Reach
    reach_since: datetime | None
    checked: datetime | None
    last_contact: datetime | None
    error: str | None
    model: str | None
    firmware: str | None
    serial: str | None
    line: Line
    line_interface: str | None
    tunnel: str | None
    prefix: str | None
    address: str | None
    consistent: bool | None
    """Whether address and ports are those of the prefix."""
    ports: int | None
    """Ports that the line has; null where it has them all."""
    sessions: int | None
    sessions_limit: int | None
    cpu: float | None
    """From 0 to 1, as memory."""
    memory: float | None
    temperature: float | None
    """In degrees Celsius."""
    uptime: float | None
    """In seconds."""
    unsaved: bool | None
    drift: int | None
    """Commands between what it runs and what the inventory says."""
    configuration_read: datetime | None
    backup: datetime | None
    alarms: dict[str, int]
    """Open ones by severity."""


class RouterPage(BaseModel):
    """One page of the fleet."""

    routers: list[RouterSummary]
    found: int
    total: int
    page: int
    pages: int


class RouterStatus(BaseModel):
    """What a router said in its last round, as ``yamaha-ops status --json`` prints it."""

    router: str
    model: str
    firmware: str
    records: dict[str, Any]
    """By command."""
    lines: list[dict[str, Any]]
    """MAP-E lines, judged with the mathematics."""
    configuration: dict[str, Any] | None
    unsupported: list[str]
    failed: dict[str, str | None]
    unknown_lines: dict[str, list[str]]


class Measured(BaseModel):
    """A few numbers at one time: means over ``seconds``, or as they were read where that is 0."""

    time: datetime
    seconds: float
    cpu: float | None
    memory: float | None
    temperature: float | None
    ports: float | None
    sessions: float | None
    traffic: dict[str, tuple[float, float]]
    """Received and sent bytes a second, by interface."""


@router.get("/routers")
def routers(console: Shared, somebody: Somebody, query: Wanted) -> RouterPage:
    """List routers, a hundred on a page."""
    found = overview.overview(overview.rows_for(console, somebody), query)
    return RouterPage(
        routers=[_summary(row) for row in found.rows],
        found=found.found,
        total=found.total,
        page=found.page,
        pages=found.pages,
    )


@router.get("/routers/{name}")
def one(name: str, console: Shared, somebody: Somebody) -> RouterSummary:
    """Return one router."""
    entry = chosen(console, somebody, name)
    return _summary(overview.rows_for(console, somebody, (entry,))[0])


@router.get("/routers/{name}/status")
def status(name: str, console: Shared, somebody: Somebody) -> RouterStatus:
    """Return what a router said last."""
    entry = chosen(console, somebody, name)
    with console.database.reading() as session:
        kept = session.get(RouterRecord, entry.name)
    if kept is None:
        raise NotFoundError("it has not answered yet")
    return RouterStatus.model_validate(kept.record)


@router.post("/routers/{name}/read", status_code=HTTPStatus.ACCEPTED)
def read(name: str, console: Shared, somebody: Somebody) -> RouterSummary:
    """Ask a router again as soon as there is a free hand; its ``checked`` tells when that was."""
    entry = chosen(console, somebody, name)
    watch = watch_of(console)
    if watch is None:
        raise StoreError("this console does not ask routers")
    watch.poller.ask(entry.name)
    console.audit(somebody, "router.read", router=entry.name)
    return _summary(overview.rows_for(console, somebody, (entry,))[0])


@router.get("/routers/{name}/samples")
def samples(
    name: str,
    console: Shared,
    somebody: Somebody,
    hours: Annotated[float, Query(gt=0, le=24 * 366)] = 24,
) -> list[Measured]:
    """Return how a router was over the last hours, the oldest first."""
    entry, now = chosen(console, somebody, name), console.now()
    with console.database.reading() as session:
        found = session.scalars(
            select(Sample)
            .where(Sample.router == entry.name, Sample.time >= now - hours * 3600)
            .order_by(Sample.time.desc())
            .limit(MOST_SAMPLES)
        ).all()
    return [
        Measured(
            time=_moment(each.time),
            seconds=each.seconds,
            cpu=each.cpu,
            memory=each.memory,
            temperature=each.temperature,
            ports=each.ports,
            sessions=each.sessions,
            traffic=each.traffic,
        )
        for each in reversed(found)
    ]


_COPIED = frozenset(RouterSummary.model_fields) - {
    *("router", "host", "labels", "reach", "line", "alarms"),
    *("reach_since", "checked", "last_contact", "configuration_read", "backup"),
}
_TIMES = ("reach_since", "checked", "last_contact", "configuration_read", "backup")


def _summary(row: Row) -> RouterSummary:
    state, entry = row.state, row.router
    told: dict[str, Any] = {name: getattr(state, name, None) for name in _COPIED}
    told |= {name: _maybe(getattr(state, name, None)) for name in _TIMES}
    return RouterSummary(
        router=entry.name,
        host=str(entry.host),
        labels=dict(entry.labels),
        reach=row.reach,
        line=row.line,
        alarms=dict(row.alarms),
        **told,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _maybe(seconds: float | None) -> datetime | None:
    return None if seconds is None else _moment(seconds)
