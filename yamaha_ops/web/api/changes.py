"""Changes, plans and approvals, with the records and exit words of the command line."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from yamaha_ops.errors import ExitCode
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need, visitor
from yamaha_ops.web.act.access import book, pinned, runner, side
from yamaha_ops.web.act.book import Book, Wish, fingerprint_of
from yamaha_ops.web.act.planning import make_plan
from yamaha_ops.web.act.runner import Runner
from yamaha_ops.web.act.stage import EXIT_CODES, Stage
from yamaha_ops.web.act.values import edit_of, fields_of
from yamaha_ops.web.api.problems import PROBLEMS
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.mistakes import exit_word
from yamaha_ops.web.store.changes import Change

router = APIRouter(prefix="/api/v1", tags=["changes"], responses=PROBLEMS)

Shared = Annotated[Console, Depends(console)]
Changes = Annotated[Book, Depends(book)]
Somebody = Annotated[Visitor, Depends(visitor)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]
Carrier = Annotated[Runner, Depends(runner)]
Title = Annotated[Line, Field(min_length=1, max_length=200)]
Value = Annotated[str, Field(max_length=8192)]


class Wanted(BaseModel):
    """What a change wants: values of the inventory, or a configuration of the history."""

    title: Title
    values: dict[Line, Value] = Field(default_factory=dict, max_length=100)
    """Dotted fields with their values as YAML; empty takes one away."""
    configuration: Line | None = None
    """As `yamaha-ops restore` takes it: `latest`, `~N`, a tag, a hash, `draft:NAME`."""
    guard: Line = "auto"
    verification_seconds: Annotated[float, Field(ge=1, le=600)] = 60


class Begun(Wanted):
    """A new change."""

    router: Line


class Rewritten(Wanted):
    """What is to stand in a change instead."""

    version: int
    """The version that was read: a change that somebody else wrote into since is left alone."""


class Agreed(BaseModel):
    """The plan that is meant."""

    fingerprint: Line
    comment: Line = ""


class Applied(BaseModel):
    """The plan that is meant, and its dangers by name."""

    fingerprint: Line
    allow: list[Line] = Field(default_factory=list, max_length=100)


class ApprovalRecord(BaseModel):
    """Somebody's word on a plan."""

    who: str
    fingerprint: str
    version: int
    time: float
    comment: str


class EventRecord(BaseModel):
    """Something that happened."""

    time: float
    kind: str
    text: str
    who: str | None
    done: int
    total: int


class ChangeRecord(BaseModel):
    """A change."""

    id: int
    router: str
    title: str
    stage: Stage
    values: dict[str, str]
    configuration: str | None
    guard: str
    verification_seconds: float
    version: int
    authors: list[str]
    created: float
    moved: float
    fingerprint: str | None
    needs_approval: bool
    applied_by: str | None
    interrupted: bool
    outcome: dict[str, Any] | None
    """As `yamaha-ops apply --json`."""
    exit: str | None
    """done, failed, taken_back or unknown, once it is over."""


def record(change: Change, changes: Book) -> ChangeRecord:
    """Return a change as the API tells it."""
    stage = Stage(change.stage)
    code = EXIT_CODES.get(stage)
    return ChangeRecord(
        id=change.id,
        router=change.router,
        title=change.title,
        stage=stage,
        values=change.values,
        configuration=change.configuration,
        guard=change.guard,
        verification_seconds=change.verification_seconds,
        version=change.version,
        authors=change.authors,
        created=change.created,
        moved=change.moved,
        fingerprint=fingerprint_of(change),
        needs_approval=changes.needs_approval(change.router),
        applied_by=change.applied_by,
        interrupted=change.interrupted,
        outcome=change.outcome,
        exit=None if code is None else exit_word(ExitCode(code)),
    )


@router.get("/changes")
def index(
    changes: Changes,
    somebody: Somebody,
    router: Annotated[Line | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[ChangeRecord]:
    """List changes, the newest first."""
    return [record(each, changes) for each in changes.all(somebody, router=router, limit=limit)]


@router.post("/changes", status_code=201)
def begin(console: Shared, changes: Changes, somebody: Operator, wanted: Begun) -> ChangeRecord:
    """Write a new change down; nothing is sent."""
    entry = chosen(console, somebody, wanted.router)
    return record(changes.begin(somebody, entry.name, _wish(console, wanted, entry.name)), changes)


@router.get("/changes/{number}")
def show(number: Id, changes: Changes, somebody: Somebody) -> ChangeRecord:
    """Return one change."""
    return record(changes.find(somebody, number), changes)


@router.put("/changes/{number}")
def rewrite(
    number: Id, console: Shared, changes: Changes, somebody: Operator, wanted: Rewritten
) -> ChangeRecord:
    """Put something else in place of what a change wants; plan and approvals are void then."""
    change = changes.find(somebody, number)
    wish = _wish(console, wanted, chosen(console, somebody, change.router).name)
    return record(changes.rewrite(somebody, number, wanted.version, wish), changes)


@router.delete("/changes/{number}")
def withdraw(number: Id, changes: Changes, somebody: Operator) -> ChangeRecord:
    """Take a change out."""
    return record(changes.withdraw(somebody, number), changes)


@router.post("/changes/{number}/plan")
def plan(number: Id, console: Shared, changes: Changes, somebody: Operator) -> dict[str, Any]:
    """Ask the router, and return the plan as `yamaha-ops plan --json` prints it."""
    change = changes.find(somebody, number)
    made = make_plan(console, change)
    return changes.planned(somebody, number, change.version, made).plan or {}


@router.get("/changes/{number}/plan")
def planned(number: Id, changes: Changes, somebody: Somebody) -> dict[str, Any] | None:
    """Return the plan that was made; null where there is none."""
    return changes.find(somebody, number).plan


@router.get("/changes/{number}/approvals")
def approvals(number: Id, changes: Changes, somebody: Somebody) -> list[ApprovalRecord]:
    """Return who agreed to which plan."""
    changes.find(somebody, number)
    return [
        ApprovalRecord(
            who=each.who,
            fingerprint=each.fingerprint,
            version=each.version,
            time=each.time,
            comment=each.comment,
        )
        for each in changes.approvals(number)
    ]


@router.post("/changes/{number}/approvals", status_code=201)
def approve(number: Id, changes: Changes, somebody: Somebody, agreed: Agreed) -> ChangeRecord:
    """Agree to exactly that plan."""
    change = changes.approve(somebody, number, agreed.fingerprint, agreed.comment)
    return record(change, changes)


@router.post("/changes/{number}/apply", status_code=202)
def apply(
    number: Id, changes: Changes, somebody: Operator, carrier: Carrier, applied: Applied
) -> ChangeRecord:
    """Set the change under way, with exactly that plan; follow it by asking for the change."""
    change = changes.take(somebody, number, applied.fingerprint, tuple(applied.allow))
    carrier.apply(number)
    return record(change, changes)


@router.post("/changes/{number}/resume", status_code=202)
def resume(number: Id, changes: Changes, somebody: Operator, carrier: Carrier) -> ChangeRecord:
    """Ask the journal once more what became of a change whose end is not known."""
    change = changes.look_again(somebody, number)
    carrier.resume(number)
    return record(change, changes)


@router.get("/changes/{number}/events")
def events(number: Id, changes: Changes, somebody: Somebody) -> list[EventRecord]:
    """Return everything that happened; moves from stage to stage have the kind `stage`."""
    changes.find(somebody, number)
    return [
        EventRecord(
            time=each.time,
            kind=each.kind,
            text=each.text,
            who=each.who,
            done=each.done,
            total=each.total,
        )
        for each in changes.events(number)
    ]


@router.get("/routers/{name}/fields")
def fields(name: str, console: Shared, somebody: Somebody) -> dict[str, str]:
    """Return the fields of a router that a change can set, with their values as YAML."""
    entry = chosen(console, somebody, name)
    return {field.name: field.value for field in fields_of(console.inventory(), entry.name)}


def _wish(console: Console, wanted: Wanted, router: str) -> Wish:
    """Return what is wanted, after looking whether it can be."""
    inventory = console.inventory()
    if wanted.values:
        edit_of(inventory, router, wanted.values)
    configuration = wanted.configuration
    if configuration is not None:
        found = side(console, inventory.router(router), configuration)
        configuration = pinned(configuration, found)
    return Wish(
        wanted.title, wanted.values, configuration, wanted.guard, wanted.verification_seconds
    )
