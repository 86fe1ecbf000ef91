"""After an interruption: find out what the router runs, and finish or take back.

The journal says what was begun; only the router says what became of it. While a guard may still be
pending nothing is decided: a timer that fires later would undo whatever is done now. And what
somebody else has changed in the meantime is never touched.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from yamaha_ops.change.choice import guard_of
from yamaha_ops.change.ending import old_again, save, take_ours_back, tidy
from yamaha_ops.change.event import Kind
from yamaha_ops.change.footprint import Ours
from yamaha_ops.change.journal import Step
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import read_running
from yamaha_ops.change.record import Record, read_record
from yamaha_ops.change.saved import environment
from yamaha_ops.change.verify import Check, verify
from yamaha_ops.config import difference
from yamaha_ops.errors import (
    AuthenticationError,
    ConnectError,
    HostKeyError,
    IncompleteOutputError,
    YamahaOpsError,
)

if TYPE_CHECKING:
    from yamaha_ops.change.guard import Guard
    from yamaha_ops.change.job import Job
    from yamaha_ops.change.journal import Entry, Journal
    from yamaha_ops.config import Configuration
    from yamaha_ops.router import Session

SLACK_SECONDS = 5.0
"""Waited beyond the guard's deadline: the router started its timer a moment after we noted ours."""
RETURN_SECONDS = 300.0
"""How long a router may take to answer again; a restart takes one to two minutes."""
RETRY_SECONDS = 5.0
WAIT_PART_SECONDS = 2.0
"""How often a long waiting shows how far it is."""


def recover(job: Job) -> Outcome:
    """Bring the router's open change to an end and say which.

    Returns:
        The outcome: the old configuration, or the wanted one, running and saved; UNKNOWN, with the
        journal left open, where neither could be established.
    """
    try:
        record = read_record(job.journal.entries(), job.router, str(job.journal.path))
        if record is None:
            return job.end(Outcome(job.router, Result.FAILED, "the earlier run had sent nothing"))
        name, identity = record.guard
        guard = guard_of(name, identity)
        session = _after_the_guard(job, guard, record)
    except YamahaOpsError as error:
        return _unknown(job, error.explain().removeprefix(f"{job.router}: "))
    try:
        outcome = _decide(job, session, guard, record)
    except YamahaOpsError as error:
        session.drop()
        return _unknown(job, error.explain().removeprefix(f"{job.router}: "))
    except BaseException:
        session.drop()
        raise
    session.close()
    return outcome


def left_behind(router: str, journal: Journal, now: float, *, began: float = math.inf) -> Outcome:
    """Say what an interruption leaves behind, by the last step in the journal; ask no router.

    Args:
        router: Inventory name.
        journal: The journal of its open change.
        now: Seconds since the epoch.
        began: When the run began: what it brought to its end since then was not left open.
    """
    entries = journal.entries()
    done = entries[-1] if entries else journal.ended_since(began)
    if done and done.step is Step.DONE:
        return _ended(router, done)
    reached = max((entry.step for entry in entries), default=Step.PLANNED)
    if reached < Step.ARMING:
        return Outcome(router, Result.FAILED, "interrupted: nothing of the change was sent")
    resume = f"`yamaha-ops apply {router} --resume` looks after it"
    armed = next(entry.data for entry in reversed(entries) if entry.step == Step.ARMING)
    if reached == Step.CONFIRMING:
        reason = "the router may have confirmed the change, which is not saved yet"
    elif Step.CONFIRMED <= reached < Step.TAKING_BACK:
        reason = "the change is confirmed and may not be saved yet"
    elif guard_of(armed["guard"], armed["identity"]).fires:
        within = max(0.0, armed["deadline"] - now)
        reason = f"the router goes back by itself within {within:.0f} s"
    else:
        reason = "nothing takes the change back by itself"
    return Outcome(router, Result.UNKNOWN, f"interrupted: {reason}; {resume}")


def _ended(router: str, done: Entry) -> Outcome:
    """Say how a change ended whose run was cut off before it said so itself."""
    result, reason = Result(done.data["result"]), done.data["reason"]
    if result not in {Result.CHANGED, Result.FINISHED}:
        return Outcome(router, result, reason)
    said = (
        f"{reason}; interrupted before its scripts and the history were looked after: "
        f"`yamaha-ops apply {router}` again does that"
    )
    return Outcome(router, Result.INCOMPLETE, said)


def _after_the_guard(job: Job, guard: Guard, record: Record) -> Session:
    """Return a session on a router whose guard can no longer fire.

    Our clock may have been set meanwhile, or be another machine's; the router's own time since its
    start cannot, so it has the last word where the router tells it.
    """
    pending = guard.fires and record.reached < Step.CONFIRMED
    if pending:
        _wait(job, record.deadline + SLACK_SECONDS - job.clock.now())
    session = _reconnect(job)
    if not pending:
        return session
    try:
        said = environment(session)
    except BaseException:
        session.drop()
        raise
    left = _left_by_router(record, said.uptime_seconds if said else None)
    if left <= 0:
        return session
    session.close()
    _wait(job, left)
    return _reconnect(job)


def _left_by_router(record: Record, uptime: int | None) -> float:
    if uptime is None or record.uptime is None or uptime < record.uptime:
        return 0.0
    return record.uptime + record.seconds + SLACK_SECONDS - uptime


def _wait(job: Job, seconds: float) -> None:
    if seconds > 0:
        job.tell(f"waiting {seconds:.0f} s until the router's guard has fired", Kind.WARNING)
        waited = 0.0
        while waited < seconds:
            job.count("waiting for the guard", waited, seconds, "s")
            part = min(WAIT_PART_SECONDS, seconds - waited)
            job.clock.sleep(part)
            waited += part
            job.stop.check(job.router)


def _reconnect(job: Job) -> Session:
    """Open a session, however long a restarting router takes; a refusal is not asked again."""
    until = job.clock.now() + RETURN_SECONDS
    while True:
        try:
            return job.connect()
        except (AuthenticationError, HostKeyError):
            raise
        except (ConnectError, IncompleteOutputError):
            if job.clock.now() >= until:
                raise
            job.clock.sleep(RETRY_SECONDS)
            job.stop.check(job.router)


def _decide(job: Job, session: Session, guard: Guard, record: Record) -> Outcome:
    running = read_running(session)
    guard.clear(session, running)
    tidy(job, session, guard)
    running = guard.without(running)
    verdict = record.footprint.judge(running)
    through = record.reached >= Step.VERIFIED
    if verdict.ours is Ours.OLD and (record.footprint.keys or not through):
        reason = "the router runs its old configuration again"
        return old_again(job, session, record.footprint, record.unsaved, _old(job, record, reason))
    if verdict.others or (verdict.ours is Ours.PARTLY and record.reached >= Step.CONFIRMED):
        return _somebody_else(job, record, running, verdict.ours)
    if verdict.ours is not Ours.PARTLY:
        checks = _verify_again(job, session, record)
        if through or all(check.passed for check in checks):
            save(job, session)
            reason = "the interrupted change had got through; it is saved now"
            return job.end(Outcome(job.router, Result.FINISHED, reason, record.commands, checks))
    undone = take_ours_back(session, guard, record.footprint)
    job.tell(f"the rest of the interrupted change was undone: {undone} commands")
    reason = "the interrupted change was taken back"
    return old_again(job, session, record.footprint, record.unsaved, _old(job, record, reason))


def _verify_again(job: Job, session: Session, record: Record) -> tuple[Check, ...]:
    checks = verify(
        session,
        record.expected,
        clock=job.clock,
        seconds=job.verification_seconds,
        every_round=lambda waited, seconds: _between_rounds(job, session, waited, seconds),
    )
    for check in checks:
        job.tell(str(check), Kind.STEP if check.passed else Kind.FAILURE)
    return checks


def _between_rounds(job: Job, session: Session, waited: float, seconds: float) -> None:
    session.keep_alive()
    job.count("verifying", waited, seconds, "s")
    job.stop.check(job.router)


def _old(job: Job, record: Record, reason: str) -> Outcome:
    """Tell a change that was complete and did not verify from one that never was complete."""
    complete = Step.SENT <= record.reached < Step.CONFIRMED
    return Outcome(job.router, Result.TAKEN_BACK if complete else Result.FAILED, reason)


def _somebody_else(job: Job, record: Record, running: Configuration, ours: Ours) -> Outcome:
    """Touch nothing: what runs is not ours alone."""
    for command in difference(record.footprint.before, running).commands:
        job.tell(f"since before the change: {command.masked}", Kind.FAILURE)
    part = "all" if ours is Ours.NEW else "part"
    return _unknown(
        job,
        f"the router runs {part} of the interrupted change, and somebody else has changed it "
        "since; nothing was sent. Put it right by hand, save, then `apply --abandon`",
    )


def _unknown(job: Job, reason: str) -> Outcome:
    """Leave the journal open: the next run, or a person, has to look again."""
    return Outcome(job.router, Result.UNKNOWN, reason)
