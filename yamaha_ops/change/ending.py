"""The last steps of a change, shared by the run that made it and by the one that recovers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.change.event import Kind
from yamaha_ops.change.footprint import Footprint, Ours
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import read_running, send_all
from yamaha_ops.change.saved import unsaved
from yamaha_ops.errors import CommandError, PlanError, UnknownStateError

if TYPE_CHECKING:
    from yamaha_ops.change.guard import Guard
    from yamaha_ops.change.job import Job
    from yamaha_ops.router import Session


def save(job: Job, session: Session) -> None:
    """Save, and once more where the router complains.

    What runs is verified and confirmed by now. A complaint leaves open whether flash was written;
    only a save that succeeds makes running and saved one again.

    Raises:
        UnknownStateError: The router complained twice.
    """
    try:
        session.save()
    except CommandError as error:
        job.tell(f"saving again: {error.output or error.message}", Kind.WARNING)
        try:
            session.save()
        except CommandError as again:
            raise UnknownStateError(
                "the change works and is confirmed, but the router does not save it",
                router=job.router,
                output=again.output,
                hint="Look at its flash; then `apply --resume` saves, or `restart` goes back.",
            ) from again
    job.tell("saved")


def tidy(job: Job, session: Session, guard: Guard) -> None:
    """Take away what the guard brought to the router; what it keeps is told and stops nothing."""
    try:
        guard.tidy(session)
    except CommandError as error:
        job.tell(f"left on the router: {error.explain()}", Kind.WARNING)


def take_ours_back(session: Session, guard: Guard, footprint: Footprint) -> int:
    """Undo what the plan changed and nothing else; return how many commands it took.

    Raises:
        PlanError: The router does not run its old settings afterwards.
        YamahaOpsError: The dialogue failed.
    """
    undo = footprint.undo(guard.without(read_running(session)))
    with session.wide():
        send_all(session, undo)
    if footprint.judge(guard.without(read_running(session))).ours is not Ours.OLD:
        raise PlanError("undoing the commands did not lead back", router=session.router)
    return len(undo)


def old_again(
    job: Job,
    session: Session,
    footprint: Footprint,
    unsaved_before: tuple[str, ...] | None,
    outcome: Outcome,
) -> Outcome:
    """End a change whose settings are the old ones again, once saved is known to be old as well.

    Somebody may have saved while the change was open. Where nothing else has moved, saving once
    more mends that; otherwise a person has to look, and the journal stays open.
    """
    running = read_running(session)
    others = footprint.judge(running).others
    left = unsaved(job, session, running)
    if footprint.shows_new_secret(left or ()):
        return Outcome(
            job.router,
            Result.UNKNOWN,
            "the router runs a new secret that nobody confirmed, and hides the old one: `restart` "
            "brings back what is saved, then `apply --resume`",
        )
    if left and unsaved_before is not None and set(left) - set(unsaved_before):
        if others or unsaved_before:
            for command in left:
                job.tell(f"a restart would change what runs by: {command}", Kind.FAILURE)
            return Outcome(
                job.router,
                Result.UNKNOWN,
                "the change was taken back, but somebody saved meanwhile: what is saved is "
                "neither old nor wanted. Save by hand what is right, then `apply --abandon`",
            )
        session.save()
        job.tell("the old configuration is saved again: somebody had saved meanwhile")
    if others:
        job.tell("what somebody else changed meanwhile is left alone", Kind.WARNING)
    return job.end(outcome)
