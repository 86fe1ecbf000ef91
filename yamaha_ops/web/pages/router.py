"""One router: how it is, how it was over the last day, and what it says of each of its parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from sqlalchemy import select
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from yamaha_ops.actions.remote import Result
from yamaha_ops.errors import MapeError, ParseError
from yamaha_ops.inventory import Router
from yamaha_ops.mape import Mapping, calculate
from yamaha_ops.mape.svg import draw
from yamaha_ops.status import as_json, parse
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need, visitor
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import NotFoundError, StoreError
from yamaha_ops.web.graphs import Graph, Series, graph
from yamaha_ops.web.page import language_of, page
from yamaha_ops.web.records import Block, blocks, duration, speed
from yamaha_ops.web.store.fleet import Alarm, RouterRecord, Sample
from yamaha_ops.web.watch import overview
from yamaha_ops.web.watch.overview import Row
from yamaha_ops.web.watch.tabs import BY_NAME, OVERVIEW, TABS, Tab
from yamaha_ops.web.watch.watch import Watch, watch_of
from yamaha_ops.web.watch.wording import alarm_title
from yamaha_ops.web.words import translate

router = APIRouter(include_in_schema=False)

DAY = 86400.0
MOST_ALARMS = 8

Shared = Annotated[Console, Depends(console)]
Somebody = Annotated[Visitor, Depends(visitor)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


@dataclass(frozen=True, slots=True)
class Part:
    """What one command said: its record as blocks, or its text."""

    command: str
    blocks: tuple[Block, ...] = ()
    text: str | None = None
    error: str | None = None
    time: float | None = None


@router.get("/routers/{name}")
def show(
    request: Request,
    name: str,
    console: Shared,
    somebody: Somebody,
    tab: Annotated[str, Query(max_length=32)] = OVERVIEW,
) -> Response:
    """Show one tab of a router's page."""
    values = _values(request, console, somebody, name, tab)
    return page(request, somebody, "router.html", **values)


@router.get("/fragments/routers/{name}")
def fragment(
    request: Request,
    name: str,
    console: Shared,
    somebody: Somebody,
    tab: Annotated[str, Query(max_length=32)] = OVERVIEW,
) -> Response:
    """Give the part of the page that changes."""
    values = _values(request, console, somebody, name, tab)
    return page(request, somebody, "_router.html", **values)


@router.post("/routers/{name}/read")
def read(
    name: str,
    console: Shared,
    somebody: Somebody,
    tab: Annotated[str, Form(max_length=32)] = OVERVIEW,
) -> Response:
    """Ask a router again as soon as there is a free hand; the page shows it when it is there."""
    entry = chosen(console, somebody, name)
    _watch(console).poller.ask(entry.name)
    console.audit(somebody, "router.read", router=entry.name)
    console.hub.publish(f"router-{entry.name}", entry.name)
    return _back(entry, tab)


@router.post("/routers/{name}/ask")
def ask(
    name: str, console: Shared, operator: Operator, tab: Annotated[str, Form(max_length=32)]
) -> Response:
    """Ask what no round asks, and wait for the answer."""
    entry, chosen_tab = chosen(console, operator, name), _tab(tab)
    if chosen_tab.question is None:
        raise NotFoundError("that is asked in every round")
    console.audit(operator, "router.ask", router=entry.name, command=chosen_tab.question)
    _watch(console).answers.command(
        entry, chosen_tab.question, administrator=chosen_tab.administrator
    )
    return _back(entry, tab)


@router.get("/routers/{name}/mape.svg")
def picture(name: str, request: Request, console: Shared, somebody: Somebody) -> Response:
    """Draw the MAP-E line of a router."""
    row = _row(console, somebody, name)
    mapping = _mapping(row)
    if mapping is None:
        raise NotFoundError("nothing is known of a MAP-E line there")
    return Response(
        draw(mapping, language_of(request, somebody)),
        media_type="image/svg+xml",
        # The picture carries its own style, and is shown as an image.
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        },
    )


@router.get("/routers/{name}/techinfo.txt")
def techinfo(name: str, console: Shared, operator: Operator) -> Response:
    """Give what was asked for last as a file."""
    entry = chosen(console, operator, name)
    kept = _watch(console).answers.known(entry.name, str(BY_NAME["techinfo"].question))
    if kept is None:
        raise NotFoundError("it was not asked for yet")
    return PlainTextResponse(
        kept.answer.output,
        headers={"Content-Disposition": f'attachment; filename="{quote(entry.name)}-techinfo.txt"'},
    )


def _values(
    request: Request, console: Console, somebody: Visitor, name: str, tab: str
) -> dict[str, Any]:
    row = _row(console, somebody, name)
    shown, language = _tab(tab), language_of(request, somebody)
    with console.database.reading() as session:
        kept = session.get(RouterRecord, name)
        alarms = session.scalars(
            select(Alarm)
            .where(Alarm.router == name)
            .order_by(Alarm.closed.is_not(None), Alarm.opened.desc())
            .limit(MOST_ALARMS)
        ).all()
    record = kept.record if kept else {}
    values = {
        "row": row,
        "entry": row.router,
        "tab": shown,
        "tabs": [(each.name, translate(language, f"tab.{each.name}")) for each in _fitting(record)],
        "record": record,
        "record_time": kept.time if kept else None,
        "alarms": alarms,
        "parts": tuple(_parts(console, name, shown, record, language)),
        "duration": partial(duration, language=language),
        "alarm_title": alarm_title,
        "here": f"/routers/{name}",
    }
    if shown.name == OVERVIEW:
        values |= {
            "graphs": _graphs(console, row, language),
            "mapping": _mapping(row),
        }
    return values


def _row(console: Console, somebody: Visitor, name: str) -> Row:
    entry = chosen(console, somebody, name)
    found = overview.rows_for(console, somebody, (entry,))
    return found[0]


def _watch(console: Console) -> Watch:
    watch = watch_of(console)
    if watch is None:
        raise StoreError("this console does not ask routers")
    return watch


def _tab(name: str) -> Tab:
    try:
        return BY_NAME[name]
    except KeyError:
        raise NotFoundError(f"there is no tab {name!r}") from None


def _back(entry: Router, tab: str) -> Response:
    suffix = "" if tab == OVERVIEW else f"?tab={_tab(tab).name}"
    return RedirectResponse(f"/routers/{entry.name}{suffix}", HTTPStatus.SEE_OTHER)


def _fitting(record: dict[str, Any]) -> list[Tab]:
    """Return the tabs, without those of which this router has nothing."""
    optional = {"pp", "tunnel"}
    return [tab for tab in TABS if tab.name not in optional or any(tab.records(record))]


def _parts(
    console: Console, name: str, tab: Tab, record: dict[str, Any], language: str
) -> Iterator[Part]:
    for command, each in tab.records(record):
        yield Part(command, tuple(blocks(each, language)))
    for command, said in tab.missing(record):
        yield Part(command, error=said or translate(language, "router.unsupported"))
    watch = watch_of(console)
    kept = watch.answers.known(name, tab.question) if watch and tab.question else None
    if kept and tab.question:
        ended = kept.answer
        if ended.result is not Result.SUCCESS:
            yield Part(tab.question, error=ended.error, time=kept.time)
        else:
            yield _understood(tab.question, ended.output, kept.time, language)


def _understood(command: str, text: str, time: float, language: str) -> Part:
    """Return an answer as a record where one exists, else as it was printed."""
    try:
        record = as_json(parse(command, text).record)
    except ParseError:
        return Part(command, text=text, time=time)
    return Part(command, tuple(blocks(record, language)), time=time)


def _mapping(row: Row) -> Mapping | None:
    """Return the mathematics of the line, as far as the router told its prefix."""
    prefix = row.state.prefix if row.state else None
    if prefix is None:
        return None
    try:
        return calculate(prefix)
    except MapeError:
        return None


def _graphs(console: Console, row: Row, language: str) -> list[Graph]:
    """Draw the last day."""
    end = console.now()
    start = end - DAY
    with console.database.reading() as session:
        samples = session.scalars(
            select(Sample)
            .where(Sample.router == row.name, Sample.time >= start, Sample.time <= end)
            .order_by(Sample.time)
        ).all()

    def of(word: str, field: str) -> Series:
        values = [(each.time, getattr(each, field)) for each in samples]
        return Series(
            translate(language, f"graph.{word}"), [(t, v) for t, v in values if v is not None]
        )

    def rate(word: str, interface: str, way: int) -> Series:
        points = [
            (each.time, each.traffic[interface][way] * 8)
            for each in samples
            if interface in each.traffic
        ]
        return Series(translate(language, f"graph.{word}"), points)

    gap = max(900.0, 3 * console.settings.poll_seconds)
    interface = _line_interface(row, samples)
    drawn = [
        graph(
            "cpu",
            translate(language, "graph.load"),
            [of("cpu", "cpu"), of("memory", "memory")],
            start=start,
            end=end,
            write=lambda value: f"{value:.0%}",
            top=1.0,
            gap=gap,
        ),
        graph(
            "traffic",
            translate(language, "graph.traffic", interface=interface),
            [rate("received", interface, 0), rate("sent", interface, 1)],
            start=start,
            end=end,
            write=speed,
            gap=gap,
        ),
        graph(
            "sessions",
            translate(language, "graph.sessions_and_ports"),
            [of("sessions", "sessions"), of("ports", "ports")],
            start=start,
            end=end,
            write=lambda value: f"{value:,.0f}",
            gap=gap,
        ),
    ]
    return [each for each in drawn if any(series.points for series in each.series)]


def _line_interface(row: Row, samples: Any) -> str:
    """Return whose traffic is drawn: the line's, or what there is of it."""
    names = {name for each in samples for name in each.traffic}
    wanted = (row.state.line_interface if row.state else None, "LAN2")
    return next((name for name in wanted if name in names), next(iter(sorted(names)), "")) or ""
