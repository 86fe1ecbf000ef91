"""Firmware: installed against wanted, and the update."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from starlette.responses import HTMLResponse, RedirectResponse

from yamaha_ops.actions.firmwares import state
from yamaha_ops.errors import InputError
from yamaha_ops.firmware import Revision
from yamaha_ops.inventory import Router
from yamaha_ops.web.access.visitor import Role, Visitor, need
from yamaha_ops.web.act.access import Lists, runs, selected
from yamaha_ops.web.act.runs import FIRMWARE, Runs
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.page import page
from yamaha_ops.web.store.fleet import RouterState

router = APIRouter(include_in_schema=False)

Shared = Annotated[Console, Depends(console)]
Kept = Annotated[Runs, Depends(runs)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


@dataclass(frozen=True, slots=True)
class Row:
    """One router: what it runs, by its last word, and what it should run."""

    router: Router
    installed: Revision | None
    state: str


def rows(console: Console, visitor: Visitor) -> list[Row]:
    """Return the revisions of the visitor's routers."""
    with console.database.reading() as session:
        chosen = select(RouterState.router, RouterState.firmware)
        told = {name: revision for name, revision in session.execute(chosen)}  # noqa: C416 -- rows are no pairs to the type checker
    found = []
    for entry in console.inventory().routers.values():
        if visitor.sees(entry):
            installed = _revision(told.get(entry.name))
            found.append(Row(entry, installed, state(installed, entry.firmware)))
    return found


@router.get("/firmware")
def index(request: Request, console: Shared, kept: Kept, somebody: Operator) -> HTMLResponse:
    """Show which revision runs where, and earlier updates."""
    earlier = kept.all(somebody, FIRMWARE)
    return page(
        request,
        somebody,
        "firmware.html",
        rows=rows(console, somebody),
        runs=earlier,
        counts=kept.counts([run.id for run in earlier]),
    )


@router.post("/firmware")
def update(console: Shared, kept: Kept, somebody: Operator, form: Lists) -> RedirectResponse:
    """Let the chosen routers fetch the wanted revision and restart."""
    if "confirm" not in form:
        raise InputError("an update restarts routers: say that you know")
    run = kept.firmware(somebody, selected(console, somebody, form.get("routers", []), ""))
    return RedirectResponse(f"/commands/{run.id}", 303)


def _revision(text: str | None) -> Revision | None:
    try:
        return Revision.parse(text) if text else None
    except ValueError:
        return None
