"""A router of the lab, a job that changes it, and one clock for both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yamaha_ops.actions.backups import LiveSource
from yamaha_ops.actions.revealing import reveal
from yamaha_ops.change.apply import apply
from yamaha_ops.change.event import Kind
from yamaha_ops.change.expectation import expect
from yamaha_ops.change.job import Job
from yamaha_ops.config import Configuration
from yamaha_ops.inventory import Router, load
from yamaha_ops.render import render
from yamaha_ops.router import Session, SftpFiles, connect

if TYPE_CHECKING:
    from yamaha_ops.change.event import Event
    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.lab import Lab, LabRouter

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "planted-login-5f1c"
ADMINISTRATOR_PASSWORD = "planted-administrator-9d2e"
ENVIRONMENT = {
    "YAMAHA_OPS_HOME_PASSWORD": PASSWORD,
    "YAMAHA_OPS_HOME_ADMINISTRATOR_PASSWORD": ADMINISTRATOR_PASSWORD,
}
"""Where the shipped inventory looks for them."""


@dataclass
class LabClock:
    """The routers' clock, moved by whoever waits."""

    lab: Lab
    naps: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.lab.clock.now()

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.lab.advance(seconds)


@dataclass
class Bench:
    """One router under change."""

    router: LabRouter
    entry: Router
    job: Job
    events: list[Event]
    old: Configuration

    def apply(self, **options: Any) -> Outcome:
        return apply(self.job, lambda _plan: True, **options)

    def with_(self, **changes: Any) -> Bench:
        return replace(self, job=replace(self.job, **changes))

    @property
    def name(self) -> str:
        return self.job.router

    @property
    def said(self) -> str:
        return "\n".join(event.text for event in self.events)

    @property
    def is_old(self) -> bool:
        """Running and saved are exactly what they were."""
        return self.router.running.digest == self.old.digest == self._saved.digest

    @property
    def is_new(self) -> bool:
        """Running and saved are exactly what was wanted."""
        running = self.router.running.digest
        return running == self._saved.digest and running == self.job.wanted.digest

    @property
    def _saved(self) -> Configuration:
        saved = self.router.saved
        assert saved is not None
        return saved


def make_bench(
    lab: Lab,
    state: Path,
    *,
    called: str = "home",
    timeout: float = 10.0,
    sftp: bool = False,
    guard: str = "auto",
    **options: Any,
) -> Bench:
    """Start a router in its factory state and prepare to bring it to the shipped inventory.

    With ``sftp`` it offers its files, before and after the change.
    """
    router = lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD, **options)
    home = load(ROOT / "inventory.yaml").router("home")
    entry = home.model_copy(
        update={"name": called, "port": router.port, "known_hosts": "first-use"}
    )
    wanted = render(home)
    if sftp:
        router.type("sftpd host any", save=True)
        wanted = Configuration.parse(f"{wanted.text}sftpd host any\n")
    events: list[Event] = []
    job = Job(
        router=called,
        wanted=wanted,
        connect=partial(administrator, entry, state, timeout),
        state=state,
        expected=expect(wanted),
        administrator_password=lambda: ADMINISTRATOR_PASSWORD,
        clock=LabClock(lab),
        report=events.append,
        guard=guard,
        files=partial(SftpFiles, entry, state=state, timeout=timeout) if sftp else None,
    )
    if sftp:
        job = replace(job, reveal=partial(_reveal, job, entry))
    return Bench(router, entry, job, events, router.running)


def _reveal(job: Job, entry: Router, session: Session, running: Configuration) -> Configuration:
    source = LiveSource(session, entry, job.state, accept_new_host_key=False)
    return reveal(source, running, lambda text: job.tell(text, Kind.WARNING))


def administrator(entry: Router, state: Path, timeout: float) -> Session:
    """Open a session, with so many seconds for each step of it."""
    session = connect(entry, state=state, timeout=timeout)
    session.administrator()
    return session
