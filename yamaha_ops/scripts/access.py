"""Everything that a router of the inventory offers to this room, by its name in one place."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from yamaha_ops.change.event import Report, silent
from yamaha_ops.change.lock import locked
from yamaha_ops.errors import InputError, PlanError
from yamaha_ops.router import SftpFiles, TftpFiles, connect_administrator
from yamaha_ops.scripts.door import Door
from yamaha_ops.scripts.ledger import Ledger
from yamaha_ops.scripts.ways import Sftp, SftpOrTftp, Tftp, Way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from yamaha_ops.inventory import Router
    from yamaha_ops.router import ShellSession

TFTP_PORT: Final = 69
PORTS: Final = range(1, 65536)
TFTP_PORT_VARIABLE: Final = "YAMAHA_OPS_TFTP_PORT"
WAYS: Final = ("auto", "sftp", "tftp")


def tftp_port() -> int:
    """Return where TFTP servers listen: 69, or what ``YAMAHA_OPS_TFTP_PORT`` says for the lab.

    Raises:
        InputError: That is no port.
    """
    said = os.environ.get(TFTP_PORT_VARIABLE, str(TFTP_PORT))
    if not said.isdecimal() or int(said) not in PORTS:
        raise InputError(f"{TFTP_PORT_VARIABLE} is {said!r}, which is no port")
    return int(said)


@dataclass(frozen=True, slots=True)
class Access:
    """How to get at one router.

    Attributes:
        router: The inventory entry.
        state: The folder of host keys, locks and records.
        tftp_port: Where its TFTP server listens; another one than 69 is an emulated router.
    """

    router: Router
    state: Path
    accept_new_host_key: bool = False
    tftp_port: int = field(default_factory=tftp_port)

    def session(self) -> ShellSession:
        """Open a session at administrator level."""
        return connect_administrator(
            self.router, state=self.state, accept_new_host_key=self.accept_new_host_key
        )

    @contextmanager
    def console(self) -> Iterator[ShellSession]:
        """Open a wide session for the block, and close the door that a run that died left open."""
        with self.session() as session:
            # Whoever holds the lock may be using the door just now.
            with suppress(PlanError), locked(self.lock, router=self.router.name):
                self.door.recover(session)
            with session.wide():
                yield session

    @property
    def door(self) -> Door:
        """Its TFTP door."""
        return Door(self.state / "scripts" / f"{self.router.name}.json", self.session)

    @property
    def ledger(self) -> Ledger:
        """The record of what was put on it."""
        return Ledger(self.state / "scripts" / f"{self.router.name}.ledger.json")

    @property
    def lock(self) -> Path:
        """Its lock file, the one of every change."""
        return self.state / "journal" / f"{self.router.name}.lock"

    def way(self, name: str, report: Report = silent) -> Way:
        """Return one of :data:`WAYS`.

        Raises:
            InputError: There is no such way.
        """
        sftp = Sftp(
            partial(
                SftpFiles,
                self.router,
                state=self.state,
                accept_new_host_key=self.accept_new_host_key,
            )
        )
        tftp = Tftp(partial(TftpFiles, self.router, port=self.tftp_port), self.door)
        ways: dict[str, Way] = {
            "auto": SftpOrTftp(sftp, tftp, report),
            "sftp": sftp,
            "tftp": tftp,
        }
        if name not in ways:
            raise InputError(f"there is no way {name!r}", hint=f"Choose from {', '.join(WAYS)}.")
        return ways[name]
