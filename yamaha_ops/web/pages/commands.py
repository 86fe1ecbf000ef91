"""Commands on many routers: entered, watched, kept."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse

from yamaha_ops.errors import InputError, YamahaOpsError
from yamaha_ops.web.access.visitor import Role, Visitor, need, visitor
from yamaha_ops.web.act.access import Lists, runs, selected
from yamaha_ops.web.act.runs import COMMANDS, Runs
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id
from yamaha_ops.web.page import page

router = APIRouter(include_in_schema=False)

MANY = 200
"""With more routers than this they are named and not ticked."""

Shared = Annotated[Console, Depends(console)]
Kept = Annotated[Runs, Depends(runs)]
Somebody = Annotated[Visitor, Depends(visitor)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


@router.get("/commands")
def index(
    request: Request,
    console: Shared,
    kept: Kept,
    somebody: Operator,
    again: Annotated[Id | None, Query()] = None,
) -> HTMLResponse:
    """Show the form, filled in with an earlier run if asked for, and the earlier runs."""
    form: dict[str, Any] = {}
    if again is not None:
        run, _ = kept.find(somebody, again)
        form = {"routers": run.routers, "commands": "\n".join(run.words)}
    return _form(request, console, kept, somebody, form)


@router.post("/commands", response_model=None)
def begin(
    request: Request, console: Shared, kept: Kept, somebody: Operator, form: Lists
) -> HTMLResponse | RedirectResponse:
    """Enter commands on the chosen routers."""
    labels = " ".join(form.get("labels", ()))
    named = form.get("routers", []) + " ".join(form.get("names", ())).split()
    text = "\n".join(form.get("commands", ())).replace("\r\n", "\n")
    try:
        timeout = _seconds(form)
        run = kept.commands(
            somebody,
            selected(console, somebody, named, labels),
            text.split("\n"),
            read_only="change_too" not in form,
            timeout=timeout,
        )
    except InputError as error:
        filled = {"routers": named, "labels": labels, "commands": text, "problem": error}
        return _form(request, console, kept, somebody, filled)
    return RedirectResponse(f"/commands/{run.id}", 303)


@router.get("/commands/{number}")
def show(request: Request, number: Id, kept: Kept, somebody: Somebody) -> HTMLResponse:
    """Show a run and its answers."""
    run, answers = kept.find(somebody, number)
    return page(request, somebody, "run.html", run=run, answers=answers)


@router.get("/fragments/runs/{number}")
def show_part(request: Request, number: Id, kept: Kept, somebody: Somebody) -> HTMLResponse:
    """Show the part of a run that moves."""
    run, answers = kept.find(somebody, number)
    return page(request, somebody, "_run.html", run=run, answers=answers)


def _form(
    request: Request, console: Console, kept: Runs, somebody: Visitor, form: dict[str, Any]
) -> HTMLResponse:
    mine = [each for each in console.inventory().routers.values() if somebody.sees(each)]
    earlier = kept.all(somebody, COMMANDS)
    problem: YamahaOpsError | None = form.get("problem")
    return page(
        request,
        somebody,
        "commands.html",
        status=200 if problem is None else 400,
        routers=mine if len(mine) <= MANY else None,
        many=MANY,
        form=form,
        problem=problem,
        runs=earlier,
        counts=kept.counts([run.id for run in earlier]),
    )


def _seconds(form: dict[str, list[str]]) -> float:
    try:
        seconds = float("".join(form.get("timeout", ["60"])[-1:]))
    except ValueError:
        raise InputError("the seconds are a number") from None
    if not 1 <= seconds <= 1800:  # noqa: PLR2004 -- the longest that YNO allows
        raise InputError("an answer is waited for 1 to 1800 seconds")
    return seconds
