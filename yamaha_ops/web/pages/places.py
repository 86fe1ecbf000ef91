"""Places for zero touch: which router shall come up where, and when."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from pydantic import Field
from starlette.responses import HTMLResponse, RedirectResponse

from yamaha_ops.actions.places import Place, Places
from yamaha_ops.actions.zero_touch import make_place
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need
from yamaha_ops.web.act.access import runs
from yamaha_ops.web.act.runs import CONTACT, Runs
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Line
from yamaha_ops.web.page import page

router = APIRouter(include_in_schema=False)

Shared = Annotated[Console, Depends(console)]
Kept = Annotated[Runs, Depends(runs)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]
Days = Annotated[float, Field(gt=0, le=366)]


def state(place: Place, now: float) -> str:
    """Say in a word how far a place is."""
    if place.done is not None:
        return "done"
    if now < place.first:
        return "waiting"
    return "open" if now < place.last else "over"


@router.get("/places")
def index(request: Request, console: Shared, kept: Kept, somebody: Operator) -> HTMLResponse:
    """Show the places."""
    inventory = console.inventory()
    mine = [each for each in inventory.routers.values() if somebody.sees(each)]
    names = {each.name for each in mine}
    earlier = kept.all(somebody, CONTACT)
    return page(
        request,
        somebody,
        "places.html",
        routers=mine,
        places=[
            (place, state(place, console.now()))
            for place in Places(inventory.state).all()
            if place.router in names
        ],
        runs=earlier,
        counts=kept.counts([run.id for run in earlier]),
    )


@router.post("/places")
def make(
    console: Shared,
    somebody: Operator,
    router: Annotated[Line, Form()],
    days: Annotated[Days, Form()] = 14,
    in_days: Annotated[float, Form(ge=0, le=366)] = 0,
) -> RedirectResponse:
    """Make a place."""
    entry = chosen(console, somebody, router)
    made = make_place(console.inventory(), entry, days=days, in_days=in_days, now=console.now())
    console.audit(somebody, "place.make", entry.name, place=made.id, period=made.period)
    return RedirectResponse("/places", 303)


@router.post("/places/{name}/contact")
def contact(name: str, console: Shared, kept: Kept, somebody: Operator) -> RedirectResponse:
    """Give the device that came up there its configuration."""
    run = kept.contact(somebody, chosen(console, somebody, name))
    return RedirectResponse(f"/commands/{run.id}", 303)
