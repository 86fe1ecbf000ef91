"""The sequence of a change, from the open journal to the saved configuration.

Order is everything here. The journal is written before the step it names. The guard is armed before
the first command. Nothing logs out while the guard is armed, because the router takes a clean
logout for acceptance (REF 56.7.31): a failing run undoes its commands, or cuts the line and leaves
the rest to the guard. Once a change is confirmed it is never undone: it was proved to work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.change import guard as guards
from yamaha_ops.change.ending import old_again, save, take_ours_back
from yamaha_ops.change.event import Kind
from yamaha_ops.change.footprint import Footprint
from yamaha_ops.change.journal import Step
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import foresee, read_running, state_of
from yamaha_ops.change.record import arming, planned
from yamaha_ops.change.recovery import recover
from yamaha_ops.change.saved import environment
from yamaha_ops.change.verify import Check, verify
from yamaha_ops.config import difference
from yamaha_ops.errors import (
    CommandError,
    ConnectError,
    ConsoleError,
    IncompleteOutputError,
    PlanError,
    UnknownStateError,
    VerifyError,
    YamahaOpsError,
)

if TYPE_CHECKING:
    from yamaha_ops.change.guard import Guard
    from yamaha_ops.change.job import Job
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.router import Session


class _DoubtError(YamahaOpsError):
    """The change is confirmed, and the router does not show that it runs it."""


LOST = (ConnectError, IncompleteOutputError, _DoubtError)
"""After these nobody knows how far the router got: a new session has to look."""


def carry_out(job: Job, plan: Plan, session: Session) -> Outcome:
    """Send a plan to a router, verify it, and keep it or take it back.

    Args:
        job: The change.
        plan: What to send; made from the same router's running configuration.
        session: An open session at administrator level. It is closed or cut in any case.

    Raises:
        PlanError: The router moved since the plan was made, or there is no guard or no journal;
            nothing was sent.
    """
    seconds = guards.needed_seconds(len(plan.commands), job.verification_seconds)
    try:
        guard, footprint = _prepare(job, plan, session, seconds)
    except BaseException:
        session.drop()
        raise
    try:
        guard.arm(session, seconds)
        job.journal.write(Step.ARMED, job.clock.now())
        job.tell(f"{guard.name} armed: {seconds} s ({guard.reason})")
        with session.wide():
            # How a console echoes a command longer than its width is not known.
            _send(job, plan, session)
        checks = _verify(job, plan, session, guard)
        _keep(job, plan, session, guard)
    except LOST as error:
        session.drop()
        job.tell(f"looking again: {error.message}", Kind.FAILURE)
        return recover(job)
    except UnknownStateError as error:
        session.close()
        job.tell(error.explain().removeprefix(f"{job.router}: "), Kind.FAILURE)
        return Outcome(job.router, Result.UNKNOWN, error.message, len(plan.commands))
    except YamahaOpsError as error:
        job.tell(error.explain().removeprefix(f"{job.router}: "), Kind.FAILURE)
        return _take_back(job, plan, session, guard, footprint, error)
    except BaseException:
        # Ctrl-C or a fault of ours, at an unknown place: cut the line, the guard does the rest.
        session.drop()
        job.tell(_interrupted(job, guard, seconds), Kind.FAILURE)
        raise
    outcome = Outcome(
        job.router, Result.CHANGED, "verified, confirmed and saved", len(plan.commands), checks
    )
    job.end(outcome)
    session.close()
    return outcome


def _prepare(job: Job, plan: Plan, session: Session, seconds: int) -> tuple[Guard, Footprint]:
    """Choose the guard and open the journal; nothing is sent that changes anything."""
    before = read_running(session)
    if state_of(before) != plan.before:
        raise PlanError(
            "somebody changed the router's configuration after the plan was made",
            router=job.router,
            hint="Nothing was sent. Look at the new plan and apply again.",
        )
    footprint = Footprint(before, foresee(before, plan.commands))
    taken = guards.schedules(before, footprint.after)
    guard = guards.choose(plan.model, plan.firmware, job.guard, router=job.router, taken=taken)
    said = environment(session)
    now = job.clock.now()
    job.journal.write(Step.PLANNED, now, plan=plan.as_json(), **planned(footprint, job.expected))
    uptime = said.uptime_seconds if said else None
    job.journal.write(Step.ARMING, now, **arming(guard, now, seconds, uptime))
    return guard, footprint


def _send(job: Job, plan: Plan, session: Session) -> None:
    total = len(plan.commands)
    for number, command in enumerate(plan.commands, start=1):
        job.journal.write(Step.SENDING, job.clock.now(), number=number)
        answer = session.send(command.line)
        if answer.strip():
            job.tell(f"{command.masked}: the router answered {answer.strip()!r}", Kind.WARNING)
        job.tell("sending", Kind.PROGRESS, number, total)
    job.journal.write(Step.SENT, job.clock.now())
    job.tell(f"{total} commands sent")


def _verify(job: Job, plan: Plan, session: Session, guard: Guard) -> tuple[Check, ...]:
    """Prove the change, or raise :class:`VerifyError` with what the router said."""
    try:
        checks = _look(job, plan, session, guard)
    except (ConnectError, ConsoleError) as error:
        # The arming console may well be alive: then it can undo at once.
        raise VerifyError(
            f"the router cannot be asked on a new connection: {error.message}",
            router=job.router,
            hint=error.hint,
        ) from error
    for check in checks:
        job.tell(str(check), Kind.STEP if check.passed else Kind.FAILURE)
    failed = [str(check) for check in checks if not check.passed]
    if failed:
        raise VerifyError("the line does not work", router=job.router, output="\n".join(failed))
    job.journal.write(Step.VERIFIED, job.clock.now())
    return checks


def _look(job: Job, plan: Plan, session: Session, guard: Guard) -> tuple[Check, ...]:
    second = job.connect()
    try:
        job.tell("reachable on a new connection")
        running = guard.without(read_running(second))
        left = difference(running, job.wanted).commands
        if left or state_of(running) != plan.after:
            raise VerifyError(
                "the router does not run what was sent",
                router=job.router,
                output="\n".join(command.masked for command in left) or None,
            )
        job.tell("no difference left")
        return verify(
            second,
            job.expected,
            clock=job.clock,
            seconds=job.verification_seconds,
            keep_alive=session.keep_alive,
        )
    finally:
        second.close()


def _keep(job: Job, plan: Plan, session: Session, guard: Guard) -> None:
    """Accept the change and save it; from here on a journal that fails stops nothing."""
    job.note(Step.CONFIRMING)
    guard.accept(session)
    try:
        kept = state_of(read_running(session)) == plan.after
    except CommandError as error:
        raise _DoubtError(error.message, router=job.router, output=error.output) from error
    if not kept:
        raise _DoubtError("the router no longer runs what was verified", router=job.router)
    job.note(Step.CONFIRMED)
    job.tell("confirmed")
    job.note(Step.SAVING)
    save(job, session)


def _take_back(
    job: Job,
    plan: Plan,
    session: Session,
    guard: Guard,
    footprint: Footprint,
    cause: YamahaOpsError,
) -> Outcome:
    """Undo our commands under the guard; where that fails, cut the line and wait for the guard."""
    job.note(Step.TAKING_BACK)
    result = Result.TAKEN_BACK if isinstance(cause, VerifyError) else Result.FAILED
    try:
        undone = take_ours_back(session, guard, footprint)
        guard.accept(session)
        job.tell(f"taken back: {undone} commands undone")
        outcome = old_again(
            job, session, footprint, plan.unsaved, Outcome(job.router, result, cause.message)
        )
    except YamahaOpsError as error:
        session.drop()
        job.tell(f"taking back by hand failed: {error.message}", Kind.FAILURE)
        return recover(job)
    except BaseException:
        session.drop()
        job.tell(_interrupted(job, guard, None), Kind.FAILURE)
        raise
    session.close()
    return outcome


def _interrupted(job: Job, guard: Guard, seconds: int | None) -> str:
    """Say what an interruption leaves behind, by the last step in the journal."""
    resume = f"`yamaha-ops apply {job.router} --resume` looks after it"
    reached = max((entry.step for entry in job.journal.entries()), default=Step.PLANNED)
    if Step.CONFIRMED <= reached < Step.TAKING_BACK:
        return f"interrupted: the change is confirmed and may not be saved yet; {resume}"
    if not guard.seconds_matter:
        return f"interrupted: nothing takes the change back by itself; {resume}"
    within = f" within {seconds} s" if seconds else ""
    return f"interrupted: the router goes back by itself{within}; {resume}"
