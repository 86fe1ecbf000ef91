"""A router to deliver scripts to, reached as a user reaches it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from yamaha_ops.router import Files, Session, SftpFiles, TftpFiles, connect
from yamaha_ops.scripts.delivery import Delivered, Delivery, deliver
from yamaha_ops.scripts.door import Door
from yamaha_ops.scripts.ways import Sftp, SftpOrTftp, Tftp, Way

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yamaha_ops.change.event import Event
    from yamaha_ops.inventory import Router
    from yamaha_ops.lab import Lab, LabRouter

PASSWORD = "planted-login-4b1d"
ADMINISTRATOR_PASSWORD = "planted-administrator-77aa"
RESIDENT = b"while true do\n  rt.sleep(60)\nend\n"
BETTER = b"-- better\n" + RESIDENT
BROKEN = b"local = 1\n"
FAILING = b"rt.sleep(1)\nerror('no way')\n"
BRIEF = b"rt.sleep(1)\n"
PATH = "/lua/watch.lua"


@dataclass
class LabTime:
    lab: Lab

    def now(self) -> float:
        return self.lab.clock.now()

    def sleep(self, seconds: float) -> None:
        self.lab.advance(seconds)


@dataclass
class Site:
    """A router, and a delivery for it by either way."""

    router: LabRouter
    entry: Router
    state: Path
    clock: LabTime
    events: list[Event] = field(default_factory=list)

    def session(self) -> Session:
        session = connect(self.entry, state=self.state)
        session.administrator()
        return session

    @property
    def record(self) -> Path:
        return self.state / "scripts" / "home.json"

    @property
    def door_of(self) -> Door:
        return Door(self.record, self.session)

    def way(self, name: str, files: Callable[[], Files] | None = None) -> Way:
        sftp = Sftp(files or partial(SftpFiles, self.entry, state=self.state))
        port = self.router.tftp_port
        tftp = Tftp(files or partial(TftpFiles, self.entry, port=port, timeout=0.3), self.door_of)
        ways: dict[str, Way] = {
            "sftp": sftp,
            "tftp": tftp,
            "auto": SftpOrTftp(sftp, tftp, self.events.append),
        }
        return ways[name]

    def job(
        self,
        source: bytes,
        way: str = "tftp",
        files: Callable[[], Files] | None = None,
        **changes: Any,
    ) -> Delivery:
        job = Delivery(
            router="home",
            name="watch.lua",
            source=source,
            connect=self.session,
            way=self.way(way, files),
            door=self.door_of,
            lock=self.state / "journal" / "home.lock",
            clock=self.clock,
            report=self.events.append,
        )
        return replace(job, **changes)

    def deliver(self, source: bytes, way: str = "tftp", **changes: Any) -> Delivered:
        return deliver(self.job(source, way, **changes))

    @property
    def files(self) -> dict[str, bytes]:
        return self.router.do(lambda device: dict(device.rtfs.files))

    @property
    def writes(self) -> int:
        return self.router.do(lambda device: device.rtfs.writes)

    @property
    def running(self) -> list[bytes]:
        """The sources that run, as the tasks loaded them."""
        return self.router.do(
            lambda device: [task.source.encode() for task in device.lua.running.values()]
        )

    @property
    def door(self) -> list[str]:
        text = self.router.running.text
        return [line for line in text.splitlines() if line.startswith("tftp host")]

    @property
    def said(self) -> str:
        return "\n".join(event.text for event in self.events)
