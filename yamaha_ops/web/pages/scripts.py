"""Lua scripts of a router: wanted against found, what runs, what ran; started and stopped."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse

from yamaha_ops.actions.scripting import scripts_of
from yamaha_ops.change.clock import SystemClock
from yamaha_ops.errors import ApplyError, InputError, YamahaOpsError
from yamaha_ops.inventory import Inventory, Router
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.access import Access
from yamaha_ops.scripts.survey import survey
from yamaha_ops.scripts.wanted import compare
from yamaha_ops.scripts.words import path_of
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need
from yamaha_ops.web.act.runs import refuse_alone
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Line
from yamaha_ops.web.page import page

router = APIRouter(include_in_schema=False)

Shared = Annotated[Console, Depends(console)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


def looked_at(inventory: Inventory, entry: Router) -> dict[str, Any]:
    """Return what a router should run, what differs there, and what it says of its tasks.

    Raises:
        YamahaOpsError: It cannot be asked, or a script of the inventory cannot be used.
    """
    wanted = scripts_of(inventory, entry)
    access = Access(entry, inventory.state)
    session = access.session()
    try:
        with survey(access, session, wanted) as seen:
            differences = {each.path: each.kind for each in compare(wanted, seen)}
            lua = seen.lua
    finally:
        # Looking changes nothing, and logging out would accept what somebody else has pending.
        session.drop()
    return {"wanted": wanted, "differences": differences, "lua": lua}


@router.get("/scripts")
def index(
    request: Request,
    console: Shared,
    somebody: Operator,
    router: Annotated[Line, Query()] = "",
) -> HTMLResponse:
    """Show the scripts of one router, or let one be chosen."""
    inventory = console.inventory()
    mine = [each for each in inventory.routers.values() if somebody.sees(each)]
    found: dict[str, Any] | None = None
    problem: YamahaOpsError | None = None
    if router:
        try:
            found = looked_at(inventory, chosen(console, somebody, router))
        except YamahaOpsError as error:
            problem = error
    return page(
        request,
        somebody,
        "scripts.html",
        routers=mine,
        name=router,
        found=found,
        problem=problem,
    )


@router.post("/scripts/{name}/start")
def start(
    name: str,
    console: Shared,
    somebody: Operator,
    script: Annotated[Line, Form()],
    arguments: Annotated[Line, Form()] = "",
) -> RedirectResponse:
    """Start a script that is on the router, and look at it after some seconds."""
    entry = chosen(console, somebody, name)
    if not script or not set(script + arguments) <= _PLAIN:
        raise InputError("a script and its arguments are plain words")
    refuse_alone([entry])
    path = path_of(script)
    access = Access(entry, console.inventory().state)
    console.audit(somebody, "script.start", name, script=path)
    with access.session() as session, session.wide():
        tasks.require_slot(tasks.state(session), path, name)
        trial = tasks.start(session, access.session, path, arguments, SystemClock())
    if trial.error:
        raise ApplyError(f"{path} failed", router=name, output=trial.error)
    return RedirectResponse(f"/scripts?router={name}", 303)


@router.post("/scripts/{name}/stop")
def stop(
    name: str, console: Shared, somebody: Operator, task: Annotated[int, Form(ge=0, le=99)]
) -> RedirectResponse:
    """Stop a task, and see that it did."""
    entry = chosen(console, somebody, name)
    access = Access(entry, console.inventory().state)
    console.audit(somebody, "script.stop", name, task=task)
    with access.session() as session, session.wide():
        tasks.stop(session, str(task), SystemClock())
    return RedirectResponse(f"/scripts?router={name}", 303)


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@%+,=~^*- ")
"""What cannot become another command: no quotes, no operators of the console."""
