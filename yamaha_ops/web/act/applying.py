"""One change on its router, from the first byte to the last word in the book."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from yamaha_ops.actions.changing import Keeping, carry_out
from yamaha_ops.actions.jobs import Terms
from yamaha_ops.change.event import Event, Kind
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import Reviewed
from yamaha_ops.config import Configuration
from yamaha_ops.durable import Lock
from yamaha_ops.errors import ExitCode, PlanError, YamahaOpsError
from yamaha_ops.history import Person
from yamaha_ops.web.act.book import STAGE, fingerprint_of, tell
from yamaha_ops.web.act.journals import last_word
from yamaha_ops.web.act.reporting import Reporter
from yamaha_ops.web.act.stage import ENDS, Stage
from yamaha_ops.web.act.wanted import Wanted, wanted_by, write_into_inventory
from yamaha_ops.web.console import SERVER
from yamaha_ops.web.errors import StoreError
from yamaha_ops.web.store.changes import Change, ChangeEvent
from yamaha_ops.web.watch.watch import watch_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from yamaha_ops.change.plan import Plan
    from yamaha_ops.web.console import Console

_log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 2.0
"""Between two tries to write an end that the database does not take."""
LOOK_SECONDS: Final = 5.0
"""Between two looks whether another process has let go of a router."""

_RUNS: Final = frozenset({Result.UNCHANGED, Result.CHANGED, Result.FINISHED, Result.INCOMPLETE})
"""Ends after which the router runs the wanted configuration."""


class MovedError(PlanError):
    """The plan turned out to be another one than the one that was agreed to."""


def terms_of(change: Change) -> Terms:
    """Return on what terms a change is made."""
    return Terms(
        guard=change.guard,
        verification_seconds=change.verification_seconds,
        allowed=tuple(change.allowed),
    )


class Applying:
    """Applies changes; each in whatever thread calls.

    Args:
        console: What is shared.
        stopping: Set when the console ends: nothing is waited for any more, and what is not
            confirmed on its router is taken back.
    """

    def __init__(self, console: Console, stopping: threading.Event) -> None:
        self._console = console
        self._stopping = stopping

    def apply(self, number: int) -> None:
        """Apply a change that was set under way, and write its end into the book."""
        change = self._read(number)
        if change is not None:
            reporter = Reporter(self._console, number)
            self._ended(change, reporter, self._apply, Result.FAILED)

    def resume(self, number: int) -> None:
        """Ask the journal and the router what became of a change that was interrupted."""
        change = self._read(number, interrupted=True)
        if change is None:
            return
        reporter = Reporter(self._console, number)
        tell(self._console, change)
        if self._alone(change.router):
            self._ended(change, reporter, self._resume, Result.UNKNOWN)

    # --- on the router -----------------------------------------------------------------------

    def _apply(self, change: Change, reporter: Reporter) -> Outcome:
        console = self._console
        wanted = wanted_by(change, console.inventory(), console.history)
        outcome = carry_out(
            wanted.inventory,
            wanted.router,
            lambda made: _as_agreed(change, made),
            report=reporter,
            terms=terms_of(change),
            keeping=self._keeping(change),
            wanted=wanted.configuration,
            stop=self._stopping,
        )
        return self._into_inventory(change, wanted, outcome, reporter)

    def _resume(self, change: Change, reporter: Reporter) -> Outcome:
        """Let the journal decide: it knows what was wanted, whatever the inventory says now."""
        console = self._console
        inventory = console.inventory()
        outcome = carry_out(
            inventory,
            inventory.router(change.router),
            lambda _made: False,
            report=reporter,
            terms=terms_of(change),
            keeping=self._keeping(change),
            wanted=Configuration.parse(""),
            resume_only=True,
            stop=self._stopping,
        )
        if outcome.result is Result.UNCHANGED:
            outcome = last_word(
                inventory.state, change.router, fingerprint_of(change) or "", change.journals
            ) or replace(outcome, result=Result.FAILED, reason="the earlier run had sent nothing")
        if outcome.result not in _RUNS or not change.values:
            return outcome
        try:
            wanted = wanted_by(change, console.inventory(), console.history)
        except YamahaOpsError as error:
            self._not_written(reporter, change, error)
            return outcome
        return self._into_inventory(change, wanted, outcome, reporter)

    def _into_inventory(
        self, change: Change, wanted: Wanted, outcome: Outcome, reporter: Reporter
    ) -> Outcome:
        """Make the inventory say what the router runs now; else it stays as it was."""
        if outcome.result in _RUNS and wanted.edit is not None:
            try:
                write_into_inventory(change, wanted)
            except YamahaOpsError as error:
                self._not_written(reporter, change, error)
            else:
                name = wanted.edit.path.name
                reporter(Event(change.router, Kind.STEP, f"written into {name}"))
        return outcome

    def _not_written(self, reporter: Reporter, change: Change, error: YamahaOpsError) -> None:
        text = f"the router runs it, but the inventory does not say so: {error}"
        reporter(Event(change.router, Kind.WARNING, text))

    def _keeping(self, change: Change) -> Keeping:
        who = change.applied_by or change.authors[0]
        about = f"change {change.id}: {change.title}"
        author = Person(who, f"{who}@console")
        return Keeping(self._console.history, author, f"before {about}", about)

    # --- in the book -------------------------------------------------------------------------

    def _read(self, number: int, *, interrupted: bool = False) -> Change | None:
        """Read a change, and note that it was interrupted; try until the database is there.

        None where the console ends before: the next start finds the change under way.
        """
        database = self._console.database
        while True:
            try:
                with database.session() if interrupted else database.reading() as session:
                    change = session.get_one(Change, number)
                    if interrupted:
                        change.interrupted = True
                    return change
            except StoreError as error:
                _log.warning("change %s waits for the database: %s", number, error)
                if self._stopping.wait(RETRY_SECONDS):
                    return None

    def _ended(
        self,
        change: Change,
        reporter: Reporter,
        act: Callable[[Change, Reporter], Outcome],
        refused: Result,
    ) -> None:
        """Act, and write down how it ended, whatever happens.

        Args:
            change: The change.
            reporter: Told what happens.
            act: What to do.
            refused: What an error means: before anything was sent, or after who knows what.
        """
        reason = "a fault of yamaha-ops ended it; the server's log says more"
        outcome = Outcome(change.router, Result.UNKNOWN, reason)
        stage: Stage | None = None
        try:
            outcome = act(change, reporter)
        except MovedError as error:
            outcome, stage = Outcome(change.router, Result.FAILED, error.message), Stage.DRAFT
        except YamahaOpsError as error:
            reason = error.explain().removeprefix(f"{change.router}: ")
            known = error.exit_code is not ExitCode.UNKNOWN
            outcome = Outcome(change.router, refused if known else Result.UNKNOWN, reason)
        finally:
            if self._stopping.is_set() and outcome.result not in _RUNS:
                text = "the console was ended while this change was under way"
                reporter(Event(change.router, Kind.WARNING, text))
            if self._stopping.is_set() and outcome.result is Result.UNKNOWN:
                # Found under way at the next start, which asks the journal and the router.
                _log.warning("change %s is left to the next start: %s", change.id, outcome.reason)
            else:
                self._write_end(change, reporter, outcome, stage or ENDS[outcome.result])

    def _alone(self, router: str) -> bool:
        """Wait until no other process changes the router; False where the console ends before."""
        lock = Lock(self._console.inventory().state / "journal" / f"{router}.lock")
        while not lock.acquire(wait=False):
            if self._stopping.wait(LOOK_SECONDS):
                return False
        lock.release()
        return True

    def _write_end(
        self, change: Change, reporter: Reporter, outcome: Outcome, stage: Stage
    ) -> None:
        """Write the end; where the database is locked, try until it is not.

        If the console ends before, the change is found under way at its next start, and the journal
        says how it ended.
        """
        while True:
            try:
                with self._console.database.session() as session:
                    reporter.write(session)
                    row = session.get_one(Change, change.id)
                    row.stage, row.moved, row.busy = stage, self._console.now(), None
                    row.outcome = outcome.as_json()
                    session.add(
                        ChangeEvent(
                            change_id=row.id,
                            time=row.moved,
                            kind=STAGE,
                            text=stage,
                            who=None,
                            done=0,
                            total=0,
                        )
                    )
                break
            except StoreError as error:
                _log.warning("the end of change %s is not written yet: %s", change.id, error)
                if self._stopping.wait(RETRY_SECONDS):
                    return
        tell(self._console, change)
        if watch := watch_of(self._console):
            watch.poller.ask(change.router)
        try:
            self._console.audit(
                SERVER, "change.end", change.router, change=change.id, result=outcome.result
            )
        except StoreError as error:
            _log.warning("not in the audit log: the end of change %s: %s", change.id, error)


def _as_agreed(change: Change, made: Plan) -> bool:
    """Refuse a plan that is not the one that was looked at and approved.

    Raises:
        MovedError: The router, the inventory or a template has moved since.
    """
    saved = change.plan or {}
    where = Path(f"change {change.id}")
    review = Reviewed(where, change.router, saved["fingerprint"], saved["before"])
    try:
        review.check(made)
    except PlanError as error:
        raise MovedError(error.message, router=change.router, hint=error.hint) from error
    return True
