"""The sequence of a change, from the open journal to the saved configuration.

Order is everything here. The journal is written before the step it names. The guard is armed before
the first command. Nothing logs out while the guard is armed, because the router takes a clean
logout for acceptance (REF 56.7.31): a failing run undoes its commands, or cuts the line and leaves
the rest to the guard. Once a change is confirmed it is never undone: it was proved to work.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.change.choice import guards_for
from yamaha_ops.change.ending import old_again, save, take_ours_back, tidy
from yamaha_ops.change.event import Kind
from yamaha_ops.change.footprint import Footprint
from yamaha_ops.change.guard import needed_seconds
from yamaha_ops.change.journal import Step
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import foresee, read_running, state_of
from yamaha_ops.change.record import arming, planned
from yamaha_ops.change.recovery import left_behind, recover
from yamaha_ops.change.saved import environment
from yamaha_ops.change.verify import verify
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
    from collections.abc import Sequence

    from yamaha_ops.change.guard import Guard
    from yamaha_ops.change.job import Job
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.change.verify import Check
    from yamaha_ops.config import Configuration
    from yamaha_ops.router import Session

LOST: Final = (ConnectError, IncompleteOutputError)
"""After these nobody knows how far the router got: a new session has to look."""

CONFIRM_SECONDS: Final = 10.0
"""What must be left of the guard's time when the verification ends."""


def carry_out(job: Job, plan: Plan, session: Session, running: Configuration) -> Outcome:
    """Send a plan to a router, verify it, and keep it or take it back.

    Args:
        job: The change.
        plan: What to send; made from the same router's running configuration.
        session: An open session at administrator level. It is closed or cut in any case.
        running: What the plan was made from, with every secret that is known.

    Raises:
        PlanError: The router moved since the plan was made, or there is no guard or no journal;
            nothing was sent.
        ApplyError: Somebody wanted to stop before anything was sent.
    """
    try:
        _refuse_moved(plan, read_running(session))
        footprint = Footprint.of(running, foresee(running, plan.commands))
        guards = guards_for(job, plan, session, footprint)
        job.may_begin()
        change = Change(job, plan, session, footprint, guards[0])
        change.open_journal()
    except BaseException:
        session.drop()
        raise
    return change.carry_out(guards)


def _refuse_moved(plan: Plan, running: Configuration) -> None:
    if state_of(running) != plan.before:
        raise PlanError(
            "somebody changed the router's configuration after the plan was made",
            router=plan.router,
            hint="Nothing was sent. Look at the new plan and apply again.",
        )


@dataclass(slots=True)
class Change:
    """A change that is about to be made, or under way.

    Attributes:
        job: What is to be done.
        plan: What to send.
        session: The console that arms the guard; only it can accept.
        footprint: What is touched.
        guard: The guard in force, or about to be.
        armed: Whether the router may have been told anything that changes it.
        fires: When the guard takes the change back at the earliest, by the job's clock.
    """

    job: Job
    plan: Plan
    session: Session
    footprint: Footprint
    guard: Guard
    armed: bool = False
    fires: float = math.inf

    def open_journal(self) -> None:
        """Put the plan on disk: from here on an interruption is taken up again."""
        self.job.journal.write(
            Step.PLANNED,
            self.job.clock.now(),
            plan=self.plan.as_json(),
            **planned(self.footprint, self.job.expected),
        )

    def carry_out(self, guards: Sequence[Guard]) -> Outcome:
        """Take every step, and end with the change kept, taken back, or looked at again."""
        job, session = self.job, self.session
        try:
            self._prepare(guards)
            self._arm()
            if not self.guard.sends:
                self._send()
            job.journal.write(Step.SENT, job.clock.now())
            checks = self._verify()
            if doubt := self._keep():
                return self._look_again(doubt)
        except LOST as error:
            return self._look_again(error.message)
        except UnknownStateError as error:
            session.close()
            self._tell(error)
            return Outcome(job.router, Result.UNKNOWN, error.message, len(self.plan.commands))
        except YamahaOpsError as error:
            self._tell(error)
            return self._take_back(error)
        except BaseException:
            # A fault of ours, at an unknown place: cut the line, the guard does the rest.
            session.drop()
            job.tell(left_behind(job.router, job.journal, job.clock.now()).reason, Kind.FAILURE)
            raise
        outcome = Outcome(
            job.router, Result.CHANGED, "verified, confirmed and saved", self._commands, checks
        )
        job.end(outcome)
        session.close()
        return outcome

    # --- the guard ---------------------------------------------------------------------------

    @property
    def _commands(self) -> int:
        return len(self.plan.commands)

    def _note_arming(self) -> int:
        """Journal that the guard is about to be armed, and for how long; return how long."""
        needed = needed_seconds(self._commands, self.job.verification_seconds)
        seconds = min(needed, self.guard.longest)
        said = environment(self.session)
        now = self.job.clock.now()
        data = arming(self.guard, now, seconds, said.uptime_seconds if said else None)
        self.job.journal.write(Step.ARMING, now, **data)
        self.fires = now + seconds
        return seconds

    def _prepare(self, guards: Sequence[Guard]) -> None:
        """Bring what the best guard needs to the router; it may have to be the next best.

        Raises:
            PlanError: The router will have none of them.
        """
        *better, last = guards
        for guard in better:
            try:
                self._bring(guard)
            except PlanError as error:
                self.job.tell(f"no guard {guard.name}: {error.message}", Kind.WARNING)
            else:
                return
        self._bring(last)

    def _bring(self, guard: Guard) -> None:
        self.guard = guard
        if guard.sends:
            # It leaves a file on the router, which an interrupted run has to know of.
            self._note_arming()
        guard.prepare(self.session)

    def _arm(self) -> None:
        job, guard = self.job, self.guard
        job.may_begin()
        # The time begins now, and not when what the guard needs was brought to the router.
        seconds = self._note_arming()
        self.armed = True
        guard.arm(self.session, seconds)
        job.journal.write(Step.ARMED, job.clock.now())
        job.tell(f"{guard.name} armed: {seconds} s ({guard.reason})")
        if guard.sends:
            job.tell(f"{self._commands} commands made by the router itself")

    def _seconds_to_verify(self) -> float:
        """Return how long a verification may take; where that is too short, arm anew if possible.

        Raises:
            VerifyError: The guard would fire before anything could be verified.
        """
        job, wanted = self.job, self.job.verification_seconds
        left = self.fires - job.clock.now() - CONFIRM_SECONDS
        if left < wanted and self.guard.can_rearm:
            seconds = self._note_arming()
            self.guard.arm(self.session, seconds)
            job.tell(f"{self.guard.name} armed anew: {seconds} s")
            left = seconds - CONFIRM_SECONDS
        if left <= 0:
            raise VerifyError(
                "it took so long that the router would go back before it could be verified",
                router=job.router,
            )
        return min(wanted, left)

    # --- forward -----------------------------------------------------------------------------

    def _send(self) -> None:
        job = self.job
        # How a console echoes a command longer than its width is not known.
        with self.session.wide():
            for number, command in enumerate(self.plan.commands, start=1):
                job.stop.check(job.router)
                job.journal.write(Step.SENDING, job.clock.now(), number=number)
                answer = self.session.send(command.line).strip()
                if answer:
                    said = f"{command.masked}: the router answered {answer!r}"
                    job.tell(said, Kind.WARNING)
                job.count("sending", number, self._commands)
        job.tell(f"{self._commands} commands sent")

    def _verify(self) -> tuple[Check, ...]:
        """Prove the change, or raise :class:`VerifyError` with what the router said."""
        job = self.job
        try:
            checks = self._look()
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
        if job.clock.now() >= self.fires:
            # Confirming now would keep nothing. What runs is looked at before anything is claimed.
            raise VerifyError("verifying took longer than the guard waits", router=job.router)
        job.stop.check(job.router)
        job.journal.write(Step.VERIFIED, job.clock.now())
        return checks

    def _look(self) -> tuple[Check, ...]:
        job = self.job
        second = job.connect()
        try:
            job.tell("reachable on a new connection")
            running = self.guard.without(read_running(second))
            left = difference(running, job.wanted).commands
            if left or state_of(running) != self.plan.after:
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
                seconds=self._seconds_to_verify(),
                every_round=self._between_rounds,
            )
        finally:
            second.close()

    def _between_rounds(self, waited: float, seconds: float) -> None:
        """Keep the console that armed the guard from being logged out; turn round if asked to."""
        self.session.keep_alive()
        self.job.count("verifying", waited, seconds, "s")
        self.job.stop.check(self.job.router)

    def _keep(self) -> str | None:
        """Accept the change and save it; return why nobody knows what the router runs, if so.

        From here on a journal that fails stops nothing. Whether the guard had fired just before it
        was stopped is not asked of a clock: the router itself shows what it runs.
        """
        job, session = self.job, self.session
        job.note(Step.CONFIRMING)
        self.guard.accept(session)
        tidy(job, session, self.guard)
        try:
            kept = state_of(read_running(session)) == self.plan.after
        except CommandError as error:
            return error.message
        if not kept:
            return "the router no longer runs what was verified"
        job.note(Step.CONFIRMED)
        job.tell("confirmed")
        job.note(Step.SAVING)
        save(job, session)
        return None

    # --- back --------------------------------------------------------------------------------

    def _take_back(self, cause: YamahaOpsError) -> Outcome:
        """Undo our commands under the guard; where that fails, cut the line and wait for it."""
        job, session = self.job, self.session
        result = Result.TAKEN_BACK if isinstance(cause, VerifyError) else Result.FAILED
        outcome = Outcome(job.router, result, cause.message)
        if not self.armed:
            try:
                # What the guard needs may lie there already, and holds secrets.
                tidy(job, session, self.guard)
            except YamahaOpsError as error:
                return self._look_again(f"tidying up failed: {error.message}")
            session.close()
            return job.end(outcome)
        job.note(Step.TAKING_BACK)
        try:
            undone = take_ours_back(session, self.guard, self.footprint)
            self.guard.accept(session)
            tidy(job, session, self.guard)
            job.tell(f"taken back: {undone} commands undone")
            ended = old_again(job, session, self.footprint, self.plan.unsaved, outcome)
        except YamahaOpsError as error:
            return self._look_again(f"taking back by hand failed: {error.message}")
        except BaseException:
            session.drop()
            job.tell(left_behind(job.router, job.journal, job.clock.now()).reason, Kind.FAILURE)
            raise
        session.close()
        return ended

    def _look_again(self, why: str) -> Outcome:
        """Cut the line, since logging out would accept what runs, and find out on a new one."""
        self.session.drop()
        self.job.tell(f"looking again: {why}", Kind.FAILURE)
        return recover(self.job)

    def _tell(self, error: YamahaOpsError) -> None:
        self.job.tell(error.explain().removeprefix(f"{self.job.router}: "), Kind.FAILURE)
