"""Changes: begun, planned, approved, applied, watched."""

import secrets
from collections.abc import Mapping
from functools import partial
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse

from yamaha_ops.actions.sides import DRAFT
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.errors import InputError, InventoryError, YamahaOpsError
from yamaha_ops.history import Person
from yamaha_ops.inventory import Router
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need, visitor
from yamaha_ops.web.act.access import LIVE, Fields, book, pinned, runner, side
from yamaha_ops.web.act.book import STAGE, Book, Wish, fingerprint_of
from yamaha_ops.web.act.contexts import by_context, of_plan
from yamaha_ops.web.act.drafts import keep_draft
from yamaha_ops.web.act.phrases import said
from yamaha_ops.web.act.planning import make_plan
from yamaha_ops.web.act.runner import Runner
from yamaha_ops.web.act.stage import OPEN, Stage
from yamaha_ops.web.act.values import OFTEN, edit_of, fields_of, problems_of
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.page import language_of, page
from yamaha_ops.web.store.changes import Change

router = APIRouter(include_in_schema=False)

Shared = Annotated[Console, Depends(console)]
Changes = Annotated[Book, Depends(book)]
Somebody = Annotated[Visitor, Depends(visitor)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


# --- looking --------------------------------------------------------------------------------------


@router.get("/changes")
def index(
    request: Request,
    console: Shared,
    changes: Changes,
    somebody: Somebody,
    show: Annotated[Line, Query()] = "open",
    router: Annotated[Line, Query()] = "",
) -> HTMLResponse:
    """Show the changes: those that are open, or all."""
    values = _listed(console, changes, somebody, show, router)
    return page(request, somebody, "changes.html", **values)


@router.get("/fragments/changes")
def index_part(
    request: Request,
    console: Shared,
    changes: Changes,
    somebody: Somebody,
    show: Annotated[Line, Query()] = "open",
    router: Annotated[Line, Query()] = "",
) -> HTMLResponse:
    """Show the list alone."""
    values = _listed(console, changes, somebody, show, router)
    return page(request, somebody, "_changes.html", **values)


@router.get("/changes/new")
def new(  # noqa: PLR0913 -- what the address says, by name
    request: Request,
    *,
    console: Shared,
    changes: Changes,
    somebody: Operator,
    router: Annotated[Line, Query()] = "",
    how: Annotated[Line, Query()] = "values",
    base: Annotated[Line, Query()] = "latest",
) -> HTMLResponse:
    """Show the form of a new change; first of all, for which router."""
    if not router:
        mine = [each for each in console.inventory().routers.values() if somebody.sees(each)]
        return page(request, somebody, "change_router.html", routers=mine)
    entry = chosen(console, somebody, router)
    form: dict[str, str] = {"base": base}
    problem = None
    if how == "text":
        try:
            form["text"] = side(console, entry, base).configuration.masked()
        except YamahaOpsError as error:
            problem = error
    return _form(request, somebody, console, changes, entry, how=how, form=form, problem=problem)


@router.get("/changes/{number}")
def show(
    request: Request, number: Id, console: Shared, changes: Changes, somebody: Somebody
) -> HTMLResponse:
    """Show one change."""
    values = _shown(request, console, changes, somebody, changes.find(somebody, number))
    return page(request, somebody, "change.html", **values)


@router.get("/fragments/changes/{number}")
def show_part(
    request: Request, number: Id, console: Shared, changes: Changes, somebody: Somebody
) -> HTMLResponse:
    """Show the part of a change that moves."""
    values = _shown(request, console, changes, somebody, changes.find(somebody, number))
    return page(request, somebody, "_change.html", **values)


@router.get("/changes/{number}/edit")
def edit(
    request: Request, number: Id, console: Shared, changes: Changes, somebody: Operator
) -> HTMLResponse:
    """Show the form of a change that is there."""
    change = changes.find(somebody, number)
    entry = chosen(console, somebody, change.router)
    form = {"title": change.title, "guard": change.guard, "version": str(change.version)}
    form["verification_seconds"] = f"{change.verification_seconds:g}"
    form |= {f"value.{name}": text for name, text in change.values.items()}
    how = "values"
    if change.configuration:
        how, form["base"] = "text", change.configuration
        form["text"] = side(console, entry, change.configuration).configuration.masked()
    return _form(request, somebody, console, changes, entry, how=how, form=form, change=change)


# --- acting ---------------------------------------------------------------------------------------


@router.post("/changes/new", response_model=None)
def begin(
    request: Request,
    console: Shared,
    changes: Changes,
    somebody: Operator,
    form: Fields,
) -> HTMLResponse | RedirectResponse:
    """Write a change down and make its plan."""
    entry = chosen(console, somebody, form.get("router", ""))
    return _save(
        request, somebody=somebody, console=console, changes=changes, entry=entry, form=form
    )


@router.post("/changes/{number}/edit", response_model=None)
def rewrite(
    request: Request,
    number: Id,
    console: Shared,
    changes: Changes,
    somebody: Operator,
    form: Fields,
) -> HTMLResponse | RedirectResponse:
    """Put something else in place of what a change wants, and make the plan of that."""
    change = changes.find(somebody, number)
    entry = chosen(console, somebody, change.router)
    return _save(
        request,
        somebody=somebody,
        console=console,
        changes=changes,
        entry=entry,
        form=form,
        change=change,
    )


@router.post("/changes/{number}/plan", response_model=None)
def plan(
    request: Request, number: Id, console: Shared, changes: Changes, somebody: Operator
) -> HTMLResponse | RedirectResponse:
    """Ask the router anew and make the plan."""
    change = changes.find(somebody, number)
    return _plan(request, somebody, console, changes, change)


@router.post("/changes/{number}/approve")
def approve(
    number: Id,
    changes: Changes,
    somebody: Somebody,
    fingerprint: Annotated[Line, Form()],
    comment: Annotated[Line, Form()] = "",
) -> RedirectResponse:
    """Agree to the plan that the page showed."""
    changes.approve(somebody, number, fingerprint, comment)
    return RedirectResponse(f"/changes/{number}", 303)


@router.post("/changes/{number}/withdraw")
def withdraw(number: Id, changes: Changes, somebody: Operator) -> RedirectResponse:
    """Take a change out."""
    changes.withdraw(somebody, number)
    return RedirectResponse(f"/changes/{number}", 303)


@router.post("/changes/{number}/apply")
def apply(
    number: Id,
    changes: Changes,
    somebody: Operator,
    runner: Annotated[Runner, Depends(runner)],
    form: Fields,
) -> RedirectResponse:
    """Set a change under way; dangers that were typed as the page names them are allowed."""
    change = changes.find(somebody, number)
    dangers = [danger["name"] for danger in (change.plan or {}).get("dangers", ())]
    named = {value.strip().casefold() for key, value in form.items() if key.startswith("danger.")}
    missing = [name for name in dangers if name.casefold() not in named]
    if missing:
        raise InputError(
            f"the plan is dangerous: {missing[0]}",
            router=change.router,
            hint="Whoever means it types the name of each danger. Nothing was sent.",
        )
    changes.take(somebody, number, form.get("fingerprint", ""), tuple(dangers))
    runner.apply(number)
    return RedirectResponse(f"/changes/{number}", 303)


@router.post("/changes/{number}/resume")
def resume(
    number: Id, changes: Changes, somebody: Operator, runner: Annotated[Runner, Depends(runner)]
) -> RedirectResponse:
    """Ask the journal once more what became of a change."""
    changes.look_again(somebody, number)
    runner.resume(number)
    return RedirectResponse(f"/changes/{number}", 303)


# --- parts ----------------------------------------------------------------------------------------


def _listed(
    console: Console, changes: Book, somebody: Visitor, show: str, router: str
) -> dict[str, Any]:
    found = changes.all(somebody, router=router or None)
    if show != "all":
        found = [change for change in found if change.stage in OPEN]
    needing = {name for name, entry in console.inventory().routers.items() if entry.approval}
    return {"changes": found, "show": show, "router": router, "needing": needing}


def _shown(
    request: Request, console: Console, changes: Book, somebody: Visitor, change: Change
) -> dict[str, Any]:
    made: dict[str, Any] = change.plan or {}
    commands = made.get("commands", ())
    entry = console.inventory().routers.get(change.router)
    approvals = changes.approvals(change.id)
    agreed = [
        each
        for each in approvals
        if (each.version, each.fingerprint) == (change.version, fingerprint_of(change))
    ]
    events = changes.events(change.id)
    return {
        "change": change,
        "stage": Stage(change.stage),
        "stages": Stage,
        "plan": made,
        "groups": by_context(of_plan(made)),
        "said": partial(said, language_of(request, somebody)),
        "risks": [f"{each['line']}: {each['risk']}" for each in commands if each["risk"]],
        "counts": {
            word: sum(each["action"] == word for each in commands)
            for word in ("add", "change", "remove")
        },
        "needs_approval": changes.needs_approval(change.router),
        "approvals": approvals,
        "agreed": agreed,
        "may_approve": somebody.may(Role.APPROVER) and somebody.name not in change.authors,
        "others": changes.open_for(change.router, besides=change.id),
        "events": [event for event in events if event.kind != STAGE],
        "history": [event for event in events if event.kind == STAGE],
        "now": _now(console, entry, change.values),
        "fingerprint": fingerprint_of(change),
    }


def _now(console: Console, entry: Router | None, values: Mapping[str, str]) -> dict[str, str]:
    if entry is None or not values:
        return {}
    return {field.name: field.value for field in fields_of(console.inventory(), entry.name)}


def _form(  # noqa: PLR0913 -- what the form shows, by name
    request: Request,
    somebody: Visitor,
    console: Console,
    changes: Book,
    entry: Router,
    *,
    how: str,
    form: Mapping[str, str],
    change: Change | None = None,
    problem: YamahaOpsError | None = None,
    faults: Mapping[str, list[str]] | None = None,
) -> HTMLResponse:
    fields = fields_of(console.inventory(), entry.name)
    known = {field.name for field in fields}
    asked = [
        key.removeprefix("value.")
        for key in form
        if key.startswith("value.") and key.removeprefix("value.") not in known
    ]
    return page(
        request,
        somebody,
        "change_form.html",
        status=200 if problem is None and not faults else 400,
        router=entry,
        how=how,
        form=form,
        sections=[(name, list(group)) for name, group in groupby(fields, lambda f: f.section)],
        asked=asked,
        often=OFTEN,
        faults=faults or {},
        problem=problem,
        change=change,
        guards=CHOICES,
        others=changes.open_for(entry.name, besides=change.id if change else None),
    )


def _save(  # noqa: PLR0913 -- dependencies handed on
    request: Request,
    *,
    somebody: Visitor,
    console: Console,
    changes: Book,
    entry: Router,
    form: dict[str, str],
    change: Change | None = None,
) -> HTMLResponse | RedirectResponse:
    how = "text" if form.get("how") == "text" else "values"
    faults: dict[str, list[str]] = {}
    try:
        wish = _wish(console, somebody, entry, how, form)
        version = int(form.get("version") or 0) if change else 0
        if change:
            change = changes.rewrite(somebody, change.id, version, wish)
        else:
            change = changes.begin(somebody, entry.name, wish)
    except InventoryError as error:
        faults = problems_of(error, _values(form))
        return _form(
            request, somebody, console, changes, entry, how=how, form=form, change=change,
            faults=faults,
        )  # fmt: skip
    except InputError as error:
        return _form(
            request, somebody, console, changes, entry, how=how, form=form, change=change,
            problem=error,
        )  # fmt: skip
    return _plan(request, somebody, console, changes, change)


def _plan(
    request: Request, somebody: Visitor, console: Console, changes: Book, change: Change
) -> HTMLResponse | RedirectResponse:
    try:
        made = make_plan(console, change)
    except YamahaOpsError as error:
        values = _shown(request, console, changes, somebody, changes.find(somebody, change.id))
        return page(request, somebody, "change.html", status=409, problem=error, **values)
    changes.planned(somebody, change.id, change.version, made)
    return RedirectResponse(f"/changes/{change.id}", 303)


def _values(form: Mapping[str, str]) -> dict[str, str]:
    """Return the values that somebody changed: another text than the page showed."""
    found = {
        key.removeprefix("value."): text.strip()
        for key, text in form.items()
        if key.startswith("value.") and text.strip() != form.get(f"was.{key[6:]}", "").strip()
    }
    extra = form.get("other_field", "").strip()
    if extra:
        found[extra] = form.get("other_value", "").strip()
    return found


def _wish(
    console: Console, somebody: Visitor, entry: Router, how: str, form: Mapping[str, str]
) -> Wish:
    """Return what a form wants, after looking whether it can be.

    Raises:
        InputError: Something is missing or wrong.
    """
    title = form.get("title", "").strip()
    if not title or not title.isprintable():
        raise InputError("say in a few words what the change is for")
    guard = form.get("guard", "auto")
    if guard not in CHOICES:
        raise InputError(f"there is no guard {guard!r}")
    try:
        seconds = float(form.get("verification_seconds", "60"))
    except ValueError:
        raise InputError("the seconds of the verification are a number") from None
    if not 1 <= seconds <= 600:  # noqa: PLR2004 -- as YNO limits tasks
        raise InputError("the verification takes 1 to 600 seconds")
    if how == "values":
        values = _values(form)
        if values:
            edit_of(console.inventory(), entry.name, values)
        return Wish(title, values, None, guard, seconds)
    return Wish(title, {}, _drafted(console, somebody, entry, form), guard, seconds)


def _drafted(
    console: Console, somebody: Visitor, entry: Router, form: Mapping[str, str]
) -> str | None:
    """Return what the history calls the text of a form, after keeping it as a draft if need be."""
    base = form.get("base", "latest")
    found = side(console, entry, base)
    text = form.get("text", "").replace("\r\n", "\n")
    unchanged = text.strip() == found.configuration.masked().strip()
    if unchanged and not base.startswith(LIVE):
        return pinned(base, found)
    name = f"web-{secrets.token_hex(4)}"
    keep_draft(
        console.history,
        entry.name,
        name,
        text,
        base=found.configuration,
        author=Person(somebody.name, f"{somebody.name}@console"),
        now=console.now(),
    )
    return f"{DRAFT}:{name}"
