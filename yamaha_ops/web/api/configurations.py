"""Configurations of routers: listed, shown, kept, compared; every secret is masked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from yamaha_ops.actions.backups import back_up
from yamaha_ops.actions.histories import revision_as_json
from yamaha_ops.history import HistoryError, Person
from yamaha_ops.history.comparison import compare
from yamaha_ops.web.access.visitor import Role, Visitor, chosen, need, visitor
from yamaha_ops.web.act.access import side
from yamaha_ops.web.api.problems import PROBLEMS
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Line

router = APIRouter(prefix="/api/v1/routers/{name}", tags=["configurations"], responses=PROBLEMS)

Shared = Annotated[Console, Depends(console)]
Somebody = Annotated[Visitor, Depends(visitor)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


class RevisionRecord(BaseModel):
    """A backup, as `yamaha-ops history --json` prints it."""

    router: str
    revision: str
    time: str
    author: str
    reason: str
    tags: list[str]


class BackedUp(RevisionRecord):
    """What a backup gave."""

    new: bool
    """False where nothing had changed since the last one."""


class Text(BaseModel):
    """One configuration."""

    router: str
    about: str
    text: str
    """Secrets are masked with `*`."""


class Comparison(BaseModel):
    """As `yamaha-ops diff --json` prints it."""

    router: str
    left: str
    right: str
    lines: list[str]
    secrets: list[str]
    commands: list[str]
    added: int
    removed: int
    changed: int
    warnings: list[str]


class Tag(BaseModel):
    """A name for a revision."""

    revision: Line
    tag: Line


@router.get("/configurations")
def index(
    name: str,
    console: Shared,
    somebody: Somebody,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[RevisionRecord]:
    """List backups, the newest first."""
    entry = chosen(console, somebody, name)
    try:
        found = list(console.history.revisions(entry.name, limit=limit))
    except HistoryError:
        return []
    return [RevisionRecord(**revision_as_json(each)) for each in found]


@router.post("/configurations", status_code=201)
def keep(name: str, console: Shared, somebody: Operator) -> BackedUp:
    """Back the router up now."""
    entry = chosen(console, somebody, name)
    author = Person(somebody.name, f"{somebody.name}@console")
    revision, new = back_up(
        entry, console.inventory(), console.history, reason="backup", author=author
    )
    console.audit(somebody, "configuration.back-up", name, revision=revision.id, new=new)
    return BackedUp(**revision_as_json(revision), new=new)


@router.post("/tags", status_code=201)
def tag(name: str, console: Shared, somebody: Operator, wanted: Tag) -> RevisionRecord:
    """Give a revision a name."""
    entry = chosen(console, somebody, name)
    found = console.history.resolve(entry.name, wanted.revision)
    console.history.tag(found, wanted.tag)
    console.audit(somebody, "configuration.tag", name, revision=found.id, tag=wanted.tag)
    return RevisionRecord(**revision_as_json(console.history.resolve(entry.name, wanted.tag)))


@router.get("/configurations/{what}")
def show(name: str, what: str, console: Shared, somebody: Somebody) -> Text:
    """Return one configuration: `live:running`, `rendered`, `latest`, `~1`, a tag, a hash ..."""
    found = side(console, chosen(console, somebody, name), what)
    return Text(router=name, about=found.about, text=found.configuration.masked())


@router.get("/comparison")
def comparison(
    name: str,
    console: Shared,
    somebody: Somebody,
    left: Annotated[Line, Query()] = "startup",
    right: Annotated[Line, Query()] = "running",
) -> Comparison:
    """Compare any two configurations, with the commands from the left to the right one."""
    entry = chosen(console, somebody, name)
    one, other = side(console, entry, left), side(console, entry, right)
    found = compare(
        one.configuration,
        other.configuration,
        names=(one.about, other.about),
        printed=one.printed and other.printed,
    )
    delta = found.difference
    return Comparison(
        router=name,
        left=one.about,
        right=other.about,
        lines=list(found.lines),
        secrets=list(found.secrets),
        commands=[command.masked for command in delta.commands],
        added=len(delta.added),
        removed=len(delta.removed),
        changed=len(delta.changed),
        warnings=list(delta.warnings),
    )
