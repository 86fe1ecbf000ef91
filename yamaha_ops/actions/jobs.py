"""From inventory and options to the jobs that `plan` and `apply` run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from yamaha_ops.actions.backups import LiveSource
from yamaha_ops.actions.circumstances import circumstances
from yamaha_ops.actions.revealing import reveal
from yamaha_ops.change.clock import SystemClock
from yamaha_ops.change.event import Kind
from yamaha_ops.change.expectation import Expectation, Probe, expect, ping
from yamaha_ops.change.job import VERIFICATION_SECONDS, Job
from yamaha_ops.change.stop import Stop
from yamaha_ops.render import render
from yamaha_ops.router import SftpFiles, connect_administrator
from yamaha_ops.scripts.access import Access

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.change.event import Report
    from yamaha_ops.config import Configuration
    from yamaha_ops.fleet import Handshakes
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.inventory.services import Check
    from yamaha_ops.router import Session


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a router may be changed: what a person may say about it.

    Attributes:
        guard: One of :data:`yamaha_ops.change.guard.CHOICES`.
        verification_seconds: How long the line may take to come up.
        allowed: Dangers that are meant, as the refusal names them.
        resend_secrets: Send secrets again that the router shows as ``*``.
        accept_new_host_key: As :func:`yamaha_ops.router.connect`.
        begin_within: Seconds in which a router must be ready for its change, or it is left alone.
    """

    guard: str = "auto"
    verification_seconds: float = VERIFICATION_SECONDS
    allowed: tuple[str, ...] = ()
    resend_secrets: bool = False
    accept_new_host_key: bool = False
    begin_within: float | None = None


AS_USUAL: Final = Terms()


def job_for(  # noqa: PLR0913 -- what a job may be given, by name
    inventory: Inventory,
    router: Router,
    *,
    report: Report,
    wanted: Configuration | None = None,
    terms: Terms = AS_USUAL,
    stop: Stop | None = None,
    handshakes: Handshakes | None = None,
) -> Job:
    """Return the job that brings one router to what is wanted, or to what the inventory says.

    Args:
        inventory: Where templates and state are.
        router: Its entry.
        report: Told what happens.
        wanted: What it should run; what the inventory says if left out.
        terms: What the user said about it.
        stop: The wish of somebody to stop, if there can be one.
        handshakes: Held while a session is opened.

    Raises:
        RenderError: The inventory and templates give no configuration.
    """
    secret = router.login.administrator_password
    door = Access(router, inventory.state).door
    rendered = wanted or render(router, templates=inventory.folder / "templates")
    job = Job(
        router=router.name,
        wanted=rendered,
        connect=partial(
            connect_administrator,
            router,
            state=inventory.state,
            accept_new_host_key=terms.accept_new_host_key,
            handshakes=handshakes,
        ),
        state=inventory.state,
        expected=_expected(rendered, router),
        guard=terms.guard,
        circumstances=circumstances(router),
        allowed=terms.allowed,
        resend_secrets=terms.resend_secrets,
        administrator_password=secret.resolve if secret else None,
        clock=SystemClock(stop),
        stop=stop or Stop(),
        report=report,
        verification_seconds=terms.verification_seconds,
        files=partial(
            SftpFiles,
            router,
            state=inventory.state,
            accept_new_host_key=terms.accept_new_host_key,
        ),
        tidy=door.recover if door.record.exists() else None,
    )
    source = partial(
        LiveSource,
        entry=router,
        state=inventory.state,
        accept_new_host_key=terms.accept_new_host_key,
        handshakes=handshakes,
    )
    job = replace(job, reveal=partial(_reveal, job, source))
    if wanted:
        return job
    return replace(job, check_revision=partial(_refuse_for_revision, inventory, router))


def _reveal(
    job: Job,
    source: Callable[[Session], LiveSource],
    session: Session,
    running: Configuration,
) -> Configuration:
    return reveal(source(session), running, lambda text: job.tell(text, Kind.WARNING))


def _refuse_for_revision(inventory: Inventory, router: Router, firmware: str) -> None:
    """Refuse what the revision that the router says it runs cannot do.

    What is wanted stays what `render` prints: a revision that the inventory does not name must not
    make lines appear that nobody has seen.
    """
    render(router.running(firmware), templates=inventory.folder / "templates")


def _expected(wanted: Configuration, router: Router) -> Expectation:
    mapping = router.line.mapping if router.line else None
    return expect(wanted, mapping, map(_probe, router.checks))


def _probe(check: Check) -> Probe:
    if check.ping is not None:
        probe = ping(str(check.ping))
        return replace(probe, name=check.name) if check.name else probe
    command = check.command or ""
    return Probe(check.name or command, command, check.pattern or "")
