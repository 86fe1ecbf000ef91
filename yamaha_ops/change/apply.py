"""Change one router: recover what was interrupted, plan, ask, carry out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from yamaha_ops.change.danger import refuse_dangers
from yamaha_ops.change.lock import locked
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import Plan, hidden_secrets, make_plan, read_running
from yamaha_ops.change.recovery import recover
from yamaha_ops.change.saved import unsaved
from yamaha_ops.change.sequence import carry_out
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.change.job import Job
    from yamaha_ops.config import Configuration
    from yamaha_ops.router import Session

    Approve = Callable[[Plan], bool]


def plan(job: Job) -> Plan:
    """Return what :func:`apply` would send; nothing is changed.

    Raises:
        YamahaOpsError: The router cannot be read, or no plan leads to the wanted configuration.
    """
    session = job.connect()
    try:
        settle(job, session)
        made, _ = _made(job, session)
    finally:
        session.close()
    if not job.journal.entries():
        return made
    note = "an earlier change is still open; `apply --resume` brings it to its end first"
    return replace(made, warnings=(note, *made.warnings))


def settle(job: Job, session: Session) -> None:
    """Put right what an earlier run left on the router, unless another run is under way there.

    Whoever holds the lock may need what looks left behind.
    """
    if job.tidy:
        with suppress(PlanError), locked(job.lock, router=job.router):
            job.tidy(session)


def apply(job: Job, approve: Approve, *, resume_only: bool = False) -> Outcome:
    """Change a router, and end with it running and having saved the old or the wanted state.

    Args:
        job: The change.
        approve: Shown the plan unless it is empty; nothing is sent unless it returns True.
        resume_only: Only bring an interrupted change to its end.

    Raises:
        YamahaOpsError: Nothing was sent.
    """
    with locked(job.lock, router=job.router):
        if job.journal.entries():
            outcome = recover(job)
            job.tell(f"interrupted change: {outcome.result}, {outcome.reason}")
            if resume_only or outcome.result == Result.UNKNOWN:
                return outcome
        elif resume_only:
            return Outcome(job.router, Result.UNCHANGED, "no change is open")
        return _change(job, approve)


def abandon(job: Job) -> Outcome:
    """Put the journal of an open change away without touching the router: a person has looked."""
    with locked(job.lock, router=job.router):
        if not job.journal.entries():
            return Outcome(job.router, Result.UNCHANGED, "no change is open")
        return job.end(
            Outcome(job.router, Result.UNCHANGED, "the open change was abandoned; nothing was sent")
        )


def _change(job: Job, approve: Approve) -> Outcome:
    session = job.connect()
    try:
        if job.tidy:
            job.tidy(session)
        made, running = _made(job, session)
        job.may_begin()
        if made.empty:
            session.close()
            return Outcome(job.router, Result.UNCHANGED, nothing_differs(made))
        job.show(made)
        refuse_dangers(made.dangers, job.allowed, router=job.router)
        if not approve(made):
            session.close()
            return Outcome(job.router, Result.FAILED, "not approved; nothing was sent")
        if not made.commands:
            session.close()
            return Outcome(job.router, Result.UNCHANGED, nothing_differs(made))
    except BaseException:
        session.drop()
        raise
    return carry_out(job, made, session, running)


def nothing_differs(made: Plan) -> str:
    """Say so, and what of it is not known."""
    if not made.hidden:
        return "nothing differs"
    return (
        f"nothing differs, but {', '.join(made.hidden)}: the router hides the secret, so a new one "
        "is sent only with --resend-secrets"
    )


def _made(job: Job, session: Session) -> tuple[Plan, Configuration]:
    """Return the plan, and what it starts from with every secret that is known."""
    job.check_revision(session.firmware)
    running = read_running(session)
    if not job.resend_secrets and hidden_secrets(running, job.wanted):
        running = job.reveal(session, running)
    made = make_plan(
        session, running, job.wanted, job.circumstances, resend_secrets=job.resend_secrets
    )
    made = job.complete(session, made)
    if not made.commands:
        return made, running
    left = unsaved(job, session, running)
    notes = (
        f"not saved by whoever typed it, and kept by this change; undone by: {command}"
        for command in left or ()
    )
    return replace(made, unsaved=left, warnings=(*made.warnings, *notes)), running
