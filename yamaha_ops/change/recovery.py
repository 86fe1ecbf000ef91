"""After an interruption: find out what the router runs, and finish or take back.

The journal says what was begun; only the router says what became of it. While a guard may still be
pending nothing is decided: a timer that fires later would undo whatever is done now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.change import guard as guards
from yamaha_ops.change.event import Kind
from yamaha_ops.change.journal import Step
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import read_running, send_all, state_of
from yamaha_ops.change.verify import Check, verify
from yamaha_ops.config import Configuration, difference
from yamaha_ops.errors import (
    CommandError,
    ConnectError,
    IncompleteOutputError,
    YamahaOpsError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.change.guard import Guard
    from yamaha_ops.change.job import Job
    from yamaha_ops.change.journal import Entry
    from yamaha_ops.router import Session

SLACK_SECONDS = 5.0
"""Waited beyond the guard's deadline: the router started its timer a moment after we noted ours."""
RETURN_SECONDS = 300.0
"""How long a router may take to answer again; a restart takes one to two minutes."""
RETRY_SECONDS = 5.0


def recover(job: Job) -> Outcome:
    """Bring the router's open change to an end and say which.

    Returns:
        The outcome: the old configuration, or the wanted one, running and saved; UNKNOWN, with the
        journal left open, where neither could be established.
    """
    entries = job.journal.entries()
    reached = max((entry.step for entry in entries if entry.step != Step.TAKING_BACK), default=None)
    if reached is None or reached < Step.ARMING:
        return job.end(Outcome(job.router, Result.FAILED, "the earlier run had sent nothing"))
    guard = _guard(entries)
    if reached < Step.CONFIRMED:
        _wait_for_guard(job, entries)
    try:
        session = _reconnect(job)
    except YamahaOpsError as error:
        return _unknown(job, f"the router cannot be asked: {error.message}")
    try:
        outcome = _decide(job, session, guard, entries, reached)
    except YamahaOpsError as error:
        session.drop()
        return _unknown(job, error.message)
    session.close()
    return outcome if outcome.result == Result.UNKNOWN else job.end(outcome)


def save(job: Job, session: Session) -> None:
    """Save, and once more where the router complains.

    What runs is verified by now. A complaint leaves open whether flash was written; only a save
    that succeeds makes running and saved one again.
    """
    try:
        session.save()
    except CommandError as error:
        job.tell(f"saving again: {error.output or error.message}", Kind.WARNING)
        session.save()
    job.tell("saved")


def _guard(entries: Sequence[Entry]) -> Guard:
    name = next(entry.data["guard"] for entry in entries if "guard" in entry.data)
    return guards.by_name(name, "as the journal says")


def _wait_for_guard(job: Job, entries: Sequence[Entry]) -> None:
    deadline = max(entry.data["deadline"] for entry in entries if "deadline" in entry.data)
    left = deadline + SLACK_SECONDS - job.clock.now()
    if left > 0:
        job.tell(f"waiting {left:.0f} s until the router's guard has fired", Kind.WARNING)
        job.clock.sleep(left)


def _reconnect(job: Job) -> Session:
    """Open a session, however long a restarting router takes."""
    until = job.clock.now() + RETURN_SECONDS
    while True:
        try:
            return job.connect()
        except (ConnectError, IncompleteOutputError):
            if job.clock.now() >= until:
                raise
            job.clock.sleep(RETRY_SECONDS)


def _decide(
    job: Job, session: Session, guard: Guard, entries: Sequence[Entry], reached: Step
) -> Outcome:
    plan = entries[0].data["plan"]
    running = read_running(session)
    guard.clear(session, running)
    running = guard.without(running)
    state = state_of(running)
    if state == plan["before"]:
        return _old(job, reached, "the router runs its old configuration again")
    if state == plan["after"]:
        checks = _verify_again(job, session)
        if reached >= Step.VERIFIED or all(check.passed for check in checks):
            save(job, session)
            reason = "the interrupted change had got through; it is saved now"
            return Outcome(job.router, Result.FINISHED, reason, len(plan["commands"]), checks)
    old = Configuration.parse(entries[0].data["before"], source=f"{job.router}: journal")
    send_all(session, difference(running, old).commands)
    if difference(read_running(session), old).commands:
        return _unknown(job, "the router runs neither the old nor the wanted configuration")
    return _old(job, reached, "the rest of the interrupted change was undone")


def _verify_again(job: Job, session: Session) -> tuple[Check, ...]:
    return verify(
        session,
        job.expected,
        clock=job.clock,
        seconds=job.verification_seconds,
        keep_alive=session.keep_alive,
    )


def _old(job: Job, reached: Step, reason: str) -> Outcome:
    """Tell a change that was complete and did not verify from one that never was complete."""
    complete = Step.SENT <= reached < Step.CONFIRMED
    return Outcome(job.router, Result.TAKEN_BACK if complete else Result.FAILED, reason)


def _unknown(job: Job, reason: str) -> Outcome:
    """Leave the journal open: the next run, or a person, has to look again."""
    return Outcome(job.router, Result.UNKNOWN, reason)
