"""Change routers as people ask for it, whatever the face, and keep what they were and became.

The one way in: the terminal, the browser, a restore, and a rollout with each of its routers call
:func:`carry_out`. Below it stands :mod:`yamaha_ops.change`, which knows neither inventories nor a
history.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from yamaha_ops.actions.backups import back_up
from yamaha_ops.actions.jobs import AS_USUAL, Terms, job_for
from yamaha_ops.actions.scripting import Scripting, scripts_of
from yamaha_ops.change import apply as one
from yamaha_ops.change.event import Kind, silent
from yamaha_ops.change.journal import journal_of
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import hidden_secrets
from yamaha_ops.change.recovery import left_behind as what_is_left
from yamaha_ops.change.stop import Stop
from yamaha_ops.errors import YamahaOpsError
from yamaha_ops.scripts.access import Access

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Event

    from yamaha_ops.change.event import Report
    from yamaha_ops.change.job import Job
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.config import Configuration
    from yamaha_ops.fleet import Handshakes
    from yamaha_ops.history import Person, Revision, Store
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session

    Approve = Callable[[Plan], bool]

_KEPT: Final = frozenset({Result.CHANGED, Result.FINISHED})


@dataclass(frozen=True, slots=True)
class Keeping:
    """How the history gets what a router was before a change, and what it became.

    Attributes:
        store: The history.
        author: By whom.
        before: Why, of what it was.
        after: Why, of what it became.
    """

    store: Store
    author: Person
    before: str = "before apply"
    after: str = "apply"


def plan(
    inventory: Inventory,
    router: Router,
    *,
    report: Report = silent,
    terms: Terms = AS_USUAL,
    wanted: Configuration | None = None,
    handshakes: Handshakes | None = None,
) -> Plan:
    """Return what :func:`carry_out` would send; nothing is changed.

    Raises:
        YamahaOpsError: The router cannot be read, or no plan leads to the wanted configuration.
    """
    job = job_for(
        inventory, router, report=report, wanted=wanted, terms=terms, handshakes=handshakes
    )
    if wanted is None:
        job = _with(job, _scripting(inventory, router, report, terms))
    return one.plan(job)


def _scripting(inventory: Inventory, router: Router, report: Report, terms: Terms) -> Scripting:
    access = Access(router, inventory.state, terms.accept_new_host_key)
    return Scripting(access, scripts_of(inventory, router), report)


def _with(job: Job, scripting: Scripting) -> Job:
    """Return a job whose plans say what is done to scripts."""

    def reveal(session: Session, running: Configuration) -> Configuration:
        known = scripting.known(running)
        return job.reveal(session, known) if hidden_secrets(known, job.wanted) else known

    return replace(job, complete=scripting.complete, reveal=reveal)


def carry_out(  # noqa: PLR0913 -- what a person may say about a change, by name
    inventory: Inventory,
    router: Router,
    approve: Approve,
    *,
    report: Report,
    terms: Terms = AS_USUAL,
    keeping: Keeping | None = None,
    wanted: Configuration | None = None,
    resume_only: bool = False,
    show: Callable[[Plan], object] = lambda _plan: None,
    stop: Event | None = None,
    handshakes: Handshakes | None = None,
) -> Outcome:
    """Change one router and bring its scripts there; keep what it was and what it became.

    Args:
        inventory: Whose state folder keeps journals and locks.
        router: Its entry.
        approve: Shown the plan unless it is empty; nothing is sent unless it returns True.
        report: Told everything that happens; see :class:`~yamaha_ops.change.event.Event`.
        terms: What the user said about it.
        keeping: The history; None keeps nothing. That it cannot be written is a warning: a router
            is never left unchanged, or called failed, for the sake of a record.
        wanted: What the router should run, its scripts left alone; what the inventory says if left
            out.
        resume_only: Only bring an interrupted change to its end.
        show: Shown the plan before anything about it is refused or asked.
        stop: Set, from any thread, by whoever wants to stop: nothing is begun then, what is not
            confirmed is taken back, and what is confirmed is saved.
        handshakes: Held while a session is opened, so that many routers do not do it at once.

    Raises:
        YamahaOpsError: Nothing was sent.
    """
    job = job_for(
        inventory,
        router,
        report=report,
        wanted=wanted,
        terms=terms,
        stop=Stop(stop),
        handshakes=handshakes,
    )
    job = replace(job, show=show)
    if terms.begin_within is not None:
        job = replace(job, begin_by=job.clock.now() + terms.begin_within)
    scripting = _scripting(inventory, router, report, terms) if wanted is None else None
    if scripting:
        job = _with(job, scripting)
    keep = partial(
        _keep,
        job,
        keeping,
        partial(
            back_up,
            router,
            inventory,
            accept_new_host_key=terms.accept_new_host_key,
            handshakes=handshakes,
        ),
    )

    def approved(made: Plan) -> bool:
        if not approve(made):
            return False
        if keeping and made.commands:
            keep(keeping.before)
        if scripting:
            scripting.prepare(made)
        return True

    interrupted = bool(job.journal.entries())
    outcome = one.apply(job, approved, resume_only=resume_only)
    changed = outcome.result in _KEPT or (interrupted and outcome.result is Result.UNCHANGED)
    if keeping and changed:
        keep(keeping.after)
    return scripting.finish(outcome) if scripting else outcome


def left_behind(inventory: Inventory, router: Router, began: float) -> Outcome:
    """Say what a change that is left at once leaves behind, as the journal knows it.

    Args:
        inventory: Whose state folder keeps the journals.
        router: Its entry.
        began: When the run began: seconds since the epoch.
    """
    journal = journal_of(inventory.state, router.name)
    return what_is_left(router.name, journal, time.time(), began=began)


def _keep(
    job: Job, keeping: Keeping | None, back_up: Callable[..., tuple[Revision, bool]], reason: str
) -> None:
    if keeping is None:
        return
    try:
        revision, new = back_up(keeping.store, reason=reason, author=keeping.author)
    except YamahaOpsError as error:
        job.tell(f"not kept in the history ({reason}): {error.explain()}", Kind.WARNING)
        return
    if new:
        job.tell(f"kept in the history as {revision.id[:10]} ({reason})")
