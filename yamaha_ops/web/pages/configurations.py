"""Configurations of a router: shown, kept, named, any two compared."""

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse

from yamaha_ops.actions.backups import back_up
from yamaha_ops.errors import YamahaOpsError
from yamaha_ops.history import HistoryError, Person, Revision
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need, visitor
from yamaha_ops.web.act.access import side
from yamaha_ops.web.act.comparing import beside
from yamaha_ops.web.act.contexts import by_context, of_difference
from yamaha_ops.web.act.phrases import said
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Line
from yamaha_ops.web.page import language_of, page

router = APIRouter(include_in_schema=False)

MOST = 100
"""Revisions on one page."""

Shared = Annotated[Console, Depends(console)]
Somebody = Annotated[Visitor, Depends(visitor)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


def revisions(console: Console, name: str) -> list[Revision]:
    """Return the newest revisions of a router; none where it was never backed up."""
    try:
        return list(console.history.revisions(name, limit=MOST))
    except HistoryError:
        return []


@router.get("/configurations/{name}")
def overview(request: Request, name: str, console: Shared, somebody: Somebody) -> HTMLResponse:
    """Show which configurations of a router there are."""
    entry = chosen(console, somebody, name)
    return page(
        request,
        somebody,
        "configurations.html",
        router=entry,
        revisions=revisions(console, name),
        drafts=console.history.drafts(name),
        seen=console.history.backup_time(name),
    )


@router.get("/configurations/{name}/show")
def show(
    request: Request,
    name: str,
    console: Shared,
    somebody: Somebody,
    what: Annotated[Line, Query()] = "running",
) -> HTMLResponse:
    """Show one configuration with its secrets masked."""
    entry = chosen(console, somebody, name)
    found = side(console, entry, what)
    lines = found.configuration.masked().splitlines()
    return page(
        request,
        somebody,
        "configuration.html",
        router=entry,
        what=what,
        side=found,
        lines=lines,
        about=said(language_of(request, somebody), found.about),
    )


@router.get("/configurations/{name}/compare")
def compare(  # noqa: PLR0913 -- what the address says, by name
    request: Request,
    name: str,
    *,
    console: Shared,
    somebody: Somebody,
    left: Annotated[Line, Query()] = "startup",
    right: Annotated[Line, Query()] = "running",
    view: Literal["side", "unified"] = "side",
    whole: bool = False,
) -> HTMLResponse:
    """Show two configurations beside each other, or as one list, with the commands between them."""
    entry = chosen(console, somebody, name)
    compared = problem = None
    try:
        around = {"around": None} if whole else {}
        compared = beside(side(console, entry, left), side(console, entry, right), **around)
    except YamahaOpsError as error:
        problem = error
    return page(
        request,
        somebody,
        "compare.html",
        status=200 if problem is None else 400,
        router=entry,
        left=left,
        right=right,
        view=view,
        whole=whole,
        compared=compared,
        said=partial(said, language_of(request, somebody)),
        groups=by_context(of_difference(compared.commands)) if compared else [],
        problem=problem,
        revisions=revisions(console, name),
        drafts=console.history.drafts(name),
    )


@router.post("/configurations/{name}/back-up")
def keep(name: str, console: Shared, somebody: Operator) -> RedirectResponse:
    """Read the router and keep what it runs, starts from and started from."""
    entry = chosen(console, somebody, name)
    revision, new = back_up(
        entry,
        console.inventory(),
        console.history,
        reason="backup",
        author=Person(somebody.name, f"{somebody.name}@console"),
    )
    console.audit(somebody, "configuration.back-up", name, revision=revision.id, new=new)
    return RedirectResponse(f"/configurations/{name}", 303)


@router.post("/configurations/{name}/tag")
def tag(
    name: str,
    console: Shared,
    somebody: Operator,
    revision: Annotated[Line, Form()],
    tag: Annotated[Line, Form()],
) -> RedirectResponse:
    """Give a revision a name."""
    entry = chosen(console, somebody, name)
    found = console.history.resolve(entry.name, revision)
    console.history.tag(found, tag)
    console.audit(somebody, "configuration.tag", name, revision=found.id, tag=tag)
    return RedirectResponse(f"/configurations/{name}", 303)
