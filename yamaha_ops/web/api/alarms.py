"""Alarms: open, acknowledged, closed."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from yamaha_ops.web.access.visitor import Role, Visitor, need, visitor
from yamaha_ops.web.api.problems import PROBLEMS
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import NotFoundError
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.watch.acknowledging import acknowledge
from yamaha_ops.web.watch.alarms import as_json
from yamaha_ops.web.watch.listing import State, listed, one, seen_by
from yamaha_ops.web.watch.rules import Severity

router = APIRouter(prefix="/api/v1", tags=["alarms"], responses=PROBLEMS)

Shared = Annotated[Console, Depends(console)]
Somebody = Annotated[Visitor, Depends(visitor)]


class AlarmRecord(BaseModel):
    """Something that is or was wrong with a router."""

    id: int
    router: str
    alarm: str
    """The name of the Prometheus rule."""
    subject: str
    """What of the router: an interface, a tunnel; empty for all of it."""
    severity: Severity
    state: State
    value: float | None
    """What was read when it opened."""
    opened: datetime
    closed: datetime | None
    acknowledged: datetime | None
    acknowledged_by: str | None
    note: str


class AlarmPage(BaseModel):
    """Some alarms, the newest first."""

    alarms: list[AlarmRecord]
    before: int | None
    """Ask for those before this one to go on; null at the end."""
    counts: dict[State, int]


class Acknowledgement(BaseModel):
    """Who looks after it is whoever asks; what is being done about it may be said."""

    note: Line = ""


@router.get("/alarms")
def alarms(
    console: Shared,
    somebody: Somebody,
    state: Literal["open", "acknowledged", "closed", "all"] = "open",
    router: Annotated[Line | None, Query(description="Only of this router.")] = None,
    before: Annotated[Id | None, Query(description="Only older ones than this.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> AlarmPage:
    """List alarms."""
    with console.database.reading() as session:
        found = listed(
            session,
            seen_by(console, somebody),
            state=None if state == "all" else State(state),
            router=router,
            before=before,
            limit=limit,
        )
        return AlarmPage(
            alarms=[AlarmRecord.model_validate(as_json(each)) for each in found.alarms],
            before=found.alarms[-1].id if found.more else None,
            counts=dict(found.counts),
        )


@router.get("/alarms/{number}")
def single(number: Id, console: Shared, somebody: Somebody) -> AlarmRecord:
    """Return one alarm."""
    with console.database.reading() as session:
        alarm = one(session, seen_by(console, somebody), number)
        if alarm is None:
            raise NotFoundError(f"there is no alarm {number}")
        return AlarmRecord.model_validate(as_json(alarm))


@router.post("/alarms/{number}/acknowledge")
def accept(
    number: Id,
    order: Acknowledgement,
    console: Shared,
    operator: Annotated[Visitor, Depends(need(Role.OPERATOR))],
) -> AlarmRecord:
    """Note that somebody looks after an alarm."""
    alarm = acknowledge(console, operator, number, order.note)
    return AlarmRecord.model_validate(as_json(alarm))
