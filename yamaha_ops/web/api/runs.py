"""Runs: commands and firmware updates on many routers."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from yamaha_ops.web.access.visitor import Role, Visitor, need, visitor
from yamaha_ops.web.act.access import runs, selected
from yamaha_ops.web.act.runs import COMMANDS, MOST_COMMANDS, MOST_ROUTERS, Runs
from yamaha_ops.web.api.problems import PROBLEMS
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.store.changes import Run, RunAnswer

router = APIRouter(prefix="/api/v1", tags=["runs"], responses=PROBLEMS)

Shared = Annotated[Console, Depends(console)]
Kept = Annotated[Runs, Depends(runs)]
Somebody = Annotated[Visitor, Depends(visitor)]
Operator = Annotated[Visitor, Depends(need(Role.OPERATOR))]


class Chosen(BaseModel):
    """Routers by name or by labels."""

    routers: list[Line] = Field(default_factory=list, max_length=MOST_ROUTERS)
    labels: Line = ""
    """`key=value`, with blanks between; all must match."""


class Commands(Chosen):
    """Commands for routers."""

    commands: Annotated[list[Line], Field(min_length=1, max_length=MOST_COMMANDS)]
    read_only: bool = True
    """False enters whatever it is, without plan and guard."""
    timeout: Annotated[float, Field(ge=1, le=1800)] = 60


class AnswerRecord(BaseModel):
    """What one router made of it."""

    router: str
    result: str
    """success, error, time-out or skipped; of firmware updated, unchanged, failed ..."""
    answer: dict[str, Any]
    """As `yamaha-ops run --json` or `firmware update --json` prints it."""
    time: float


class RunRecord(BaseModel):
    """A run."""

    id: int
    kind: str
    words: list[str]
    routers: list[str]
    who: str
    created: float
    ended: float | None
    interrupted: bool
    answers: list[AnswerRecord]


def record(run: Run, answers: list[RunAnswer]) -> RunRecord:
    """Return a run as the API tells it."""
    return RunRecord(
        id=run.id,
        kind=run.kind,
        words=run.words,
        routers=run.routers,
        who=run.who,
        created=run.created,
        ended=run.ended,
        interrupted=run.interrupted,
        answers=[
            AnswerRecord(router=each.router, result=each.result, answer=each.answer, time=each.time)
            for each in answers
        ],
    )


@router.get("/runs")
def index(
    kept: Kept,
    somebody: Somebody,
    kind: Annotated[Line, Query()] = COMMANDS,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> list[RunRecord]:
    """List runs of a kind, the newest first, without their answers."""
    return [record(each, []) for each in kept.all(somebody, kind, limit=limit)]


@router.post("/runs", status_code=202)
def begin(console: Shared, kept: Kept, somebody: Operator, wanted: Commands) -> RunRecord:
    """Enter commands on routers; follow it by asking for the run."""
    routers = selected(console, somebody, wanted.routers, wanted.labels)
    run = kept.commands(
        somebody, routers, wanted.commands, read_only=wanted.read_only, timeout=wanted.timeout
    )
    return record(run, [])


@router.post("/firmware", status_code=202)
def firmware(console: Shared, kept: Kept, somebody: Operator, wanted: Chosen) -> RunRecord:
    """Let routers fetch the revision that the inventory names, and restart."""
    routers = selected(console, somebody, wanted.routers, wanted.labels)
    return record(kept.firmware(somebody, routers), [])


@router.get("/runs/{number}")
def show(number: Id, kept: Kept, somebody: Somebody) -> RunRecord:
    """Return a run and the answers so far."""
    return record(*kept.find(somebody, number))
