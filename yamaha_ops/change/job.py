"""What one change needs: the router, the wanted configuration, and the seams to the world."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yamaha_ops.change.clock import Clock, SystemClock
from yamaha_ops.change.event import Event, Kind, Report, silent
from yamaha_ops.change.expectation import Expectation
from yamaha_ops.change.journal import Journal, Step, journal_of
from yamaha_ops.change.stop import Stop
from yamaha_ops.config import Circumstances
from yamaha_ops.errors import ApplyError, PlanError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.config import Configuration
    from yamaha_ops.router import Files, Session

VERIFICATION_SECONDS = 60.0
"""How long a line may take to come up; a router advertisement alone may take some seconds."""


@dataclass(frozen=True, slots=True)
class Job:
    """One change to one router.

    Attributes:
        router: Inventory name.
        wanted: What the router should run.
        connect: Opens a new session at administrator level.
        state: The folder that keeps journals and locks.
        expected: What must hold when the change has been made.
        guard: The guard asked for, one of ``guard.CHOICES``.
        circumstances: Model, revision, who must be able to log in, accepted findings.
        allowed: Dangers that the user has named.
        resend_secrets: Send the secrets again that the router shows as ``*``.
        tidy: Puts right what an earlier run left on the router; None where it left nothing.
        reveal: Gives a running configuration the secrets that the router shows as ``*``.
        complete: Adds to a plan what is done beside its commands.
        check_revision: Refuses what the router's revision, known from the login on, cannot do.
        administrator_password: For the router's question before it compares with a saved file.
        files: Opens the router's files, for the guard that needs one there.
        clock: Time.
        stop: Looked at wherever a change can turn round.
        begin_by: When, by the clock, it is too late to begin; what was begun is brought to its end.
        show: Shown the plan before anything about it is refused or asked.
        report: Whom to tell.
        verification_seconds: How long the line may take to come up.
    """

    router: str
    wanted: Configuration
    connect: Callable[[], Session]
    state: Path
    expected: Expectation = field(default_factory=Expectation)
    guard: str = "auto"
    circumstances: Circumstances = field(default_factory=Circumstances)
    allowed: tuple[str, ...] = ()
    resend_secrets: bool = False
    tidy: Callable[[Session], object] | None = field(default=None, repr=False)
    reveal: Callable[[Session, Configuration], Configuration] = field(
        default=lambda _session, running: running, repr=False
    )
    complete: Callable[[Session, Plan], Plan] = field(
        default=lambda _session, made: made, repr=False
    )
    check_revision: Callable[[str], None] = field(default=lambda _firmware: None, repr=False)
    administrator_password: Callable[[], str] | None = field(default=None, repr=False)
    files: Callable[[], Files] | None = field(default=None, repr=False)
    clock: Clock = field(default_factory=SystemClock)
    stop: Stop = field(default_factory=Stop)
    begin_by: float = math.inf
    show: Callable[[Plan], object] = field(default=lambda _plan: None, repr=False)
    report: Report = silent
    verification_seconds: float = VERIFICATION_SECONDS

    @property
    def journal(self) -> Journal:
        """Return the journal of the router's open change, if there is one."""
        return journal_of(self.state, self.router)

    @property
    def lock(self) -> Path:
        """Return the path of the router's lock file."""
        return self.state / "journal" / f"{self.router}.lock"

    def may_begin(self) -> None:
        """Turn round where nothing was sent yet and somebody wants to stop, or time is up.

        Raises:
            ApplyError: So it is.
        """
        self.stop.check(self.router)
        if self.clock.now() > self.begin_by:
            raise ApplyError(
                "it took too long to get ready for the change; nothing was sent",
                router=self.router,
            )

    def note(self, step: Step, **data: Any) -> None:
        """Journal a step that is safe to take even if it cannot be journalled."""
        try:
            self.journal.write(step, self.clock.now(), **data)
        except PlanError as error:
            self.tell(str(error), Kind.WARNING)

    def end(self, outcome: Outcome) -> Outcome:
        """Close the journal with the outcome, and return it.

        A disk that refuses changes nothing on the router: the journal stays open, and the next run
        finds out the same again.
        """
        try:
            self.journal.close(self.clock.now(), result=outcome.result, reason=outcome.reason)
        except PlanError as error:
            self.tell(str(error), Kind.WARNING)
        return outcome

    def tell(self, text: str, kind: Kind = Kind.STEP) -> None:
        """Report one event."""
        self.report(Event(self.router, kind, text))

    def count(self, text: str, done: float, total: float, unit: str = "") -> None:
        """Report how far something under way has come."""
        self.report(Event(self.router, Kind.PROGRESS, text, int(done), int(total), unit))
