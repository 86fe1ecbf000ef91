"""Which guard a change gets, and why: the best first, and what to take where it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.change.guard import AUTO, LOAD, by_name, choose, schedules
from yamaha_ops.change.loading import Load, load_guard
from yamaha_ops.change.plan import foresee, hides_secret
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from yamaha_ops.change.footprint import Footprint
    from yamaha_ops.change.guard import Guard
    from yamaha_ops.change.job import Job
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.router import Session


def guards_for(job: Job, plan: Plan, session: Session, footprint: Footprint) -> tuple[Guard, ...]:
    """Return the guards to try, the best one first.

    Commands are sent one by one, so that each answer is judged and nothing but the plan is sent,
    unless the plan takes an interface down on its way. That may be the one that we came over: such
    a plan the router had better carry out by itself, where it can.

    Raises:
        PlanError: There is none, or not the one asked for; nothing was sent.
    """
    if job.guard == LOAD:
        return (_load(job, plan, session, footprint, "asked for"),)
    one_by_one = choose(
        plan.model,
        plan.firmware,
        job.guard,
        router=job.router,
        taken=schedules(footprint.before, footprint.after),
    )
    down = next((each.line for each in plan.commands if each.action == "act" and each.risk), None)
    if job.guard != AUTO or down is None:
        return (one_by_one,)
    reason = f"{down!r} may cut our own line: the router makes the change by itself"
    try:
        best = _load(job, plan, session, footprint, reason)
    except PlanError as error:
        reason = f"{one_by_one.reason}; {error.message}"
        return (by_name(one_by_one.name, one_by_one.identity, reason),)
    return best, one_by_one


def _load(job: Job, plan: Plan, session: Session, footprint: Footprint, reason: str) -> Load:
    running = footprint.before
    if any(map(hides_secret, running.settings.values())):
        running = job.reveal(session, running)
    return load_guard(
        plan.model,
        plan.firmware,
        router=job.router,
        running=running,
        target=foresee(running, plan.commands),
        files=job.files,
        administrator_password=job.administrator_password,
        reason=reason,
    )


def guard_of(name: str, identity: int) -> Guard:
    """Return the guard that a journal names, to be waited for and cleared away."""
    reason = "as the journal says"
    return Load(reason, identity) if name == LOAD else by_name(name, identity, reason)
