"""Alarms: what is wrong, what was, and who looks after it."""

from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from yamaha_ops.web.access.visitor import Role, Visitor, need, visitor
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line, Place
from yamaha_ops.web.page import page
from yamaha_ops.web.request import own_place
from yamaha_ops.web.watch.acknowledging import acknowledge
from yamaha_ops.web.watch.listing import State, listed, seen_by
from yamaha_ops.web.watch.wording import alarm_title

router = APIRouter(include_in_schema=False)

Shared = Annotated[Console, Depends(console)]
Somebody = Annotated[Visitor, Depends(visitor)]
Which = Literal["open", "acknowledged", "closed", "all"]
Before = Annotated[Id | None, Query()]


@router.get("/alarms")
def show(
    request: Request,
    console: Shared,
    somebody: Somebody,
    state: Which = "open",
    router: Line = "",
    before: Before = None,
) -> Response:
    """Show alarms."""
    values = _values(console, somebody, state, router, before)
    return page(request, somebody, "alarms.html", **values)


@router.get("/fragments/alarms")
def fragment(
    request: Request,
    console: Shared,
    somebody: Somebody,
    state: Which = "open",
    router: Line = "",
    before: Before = None,
) -> Response:
    """Give the part of the page that changes."""
    values = _values(console, somebody, state, router, before)
    return page(request, somebody, "_alarms.html", **values)


@router.post("/alarms/{number}/acknowledge")
def accept(
    number: Id,
    console: Shared,
    operator: Annotated[Visitor, Depends(need(Role.OPERATOR))],
    note: Annotated[Line, Form()] = "",
    next: Annotated[Place, Form()] = "/alarms",  # noqa: A002 -- the name that every form uses
) -> Response:
    """Note that somebody looks after an alarm."""
    acknowledge(console, operator, number, note)
    return RedirectResponse(own_place(next, "/alarms"), HTTPStatus.SEE_OTHER)


def _values(
    console: Console, somebody: Visitor, state: Which, router: str, before: int | None
) -> dict[str, Any]:
    with console.database.reading() as session:
        found = listed(
            session,
            seen_by(console, somebody),
            state=None if state == "all" else State(state),
            router=router or None,
            before=before,
        )

    def address(path: str = "/alarms", **changes: Any) -> str:
        chosen = {"state": state, "router": router, **changes}
        parts = {name: value for name, value in chosen.items() if value}
        return f"{path}?{urlencode(parts)}"

    return {
        "found": found,
        "state": state,
        "router": router,
        "address": address,
        "before": before,
        "alarm_title": alarm_title,
        "here": address(),
        "states": ("open", "acknowledged", "closed", "all"),
        "own": {each.name for each in console.inventory().routers.values() if somebody.sees(each)},
    }
