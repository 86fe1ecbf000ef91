"""One router read and kept: what `backup` does, and `restore` before and after."""

from __future__ import annotations

import re
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from yamaha_ops.history import HistoryError, Kind, Person, Revision, Store, read
from yamaha_ops.router import Reply, SftpFiles, connect, password
from yamaha_ops.router.saved import unsaved_commands
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from pathlib import Path

    from yamaha_ops.config import Configuration
    from yamaha_ops.fleet import Handshakes
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session

_ASKED = re.compile(r"^.*[Pp]assword ?:\s*$")
_SLOT = re.compile(r"config(\d)", re.IGNORECASE)


class LiveSource:
    """A router over its console and, where it offers that, SFTP; see :class:`history.Source`."""

    def __init__(
        self,
        session: Session,
        entry: Router,
        state: Path,
        *,
        accept_new_host_key: bool,
        handshakes: Handshakes | None = None,
    ) -> None:
        self._session = session
        self._entry = entry
        self._state = state
        self._accept = accept_new_host_key
        self._handshakes = handshakes
        self._running: Configuration | None = None
        self.router = session.router
        self.model = session.model
        self.firmware = session.firmware

    def running(self) -> str:
        """Return ``show config``."""
        return self._session.configuration()

    def slot(self) -> str | None:
        """Return the number of the slot that a restart reads."""
        told = parse("show environment", self._session.run("show environment")).record
        found = _SLOT.fullmatch(told.default_config_file or told.config_file or "")
        return found[1] if found else None

    def file(self, slot: str) -> bytes:
        """Return a slot as SFTP gives it."""
        with self._handshakes or nullcontext():
            files = SftpFiles(self._entry, state=self._state, accept_new_host_key=self._accept)
        with files:
            return files.read(f"/system/config{slot}")

    def shown(self, slot: str) -> str:
        """Return ``show config SLOT``, after giving the passwords that it asks for (REF 57.2)."""
        secret = self._entry.login.administrator_password
        replies = [Reply(re.compile(rb"Login Password ?: ?$"), b"")]
        replies.append(password(secret.resolve() if secret else ""))
        with self._session.wide():
            answer = self._session.send(f"show config {slot}", replies=replies)
        return "".join(f"{line}\n" for line in answer.splitlines() if not _ASKED.match(line))

    def unsaved(self, running: Configuration, slot: str) -> tuple[str, ...] | None:
        """Return the masked commands from running to saved, by the router's own word."""
        secret = self._entry.login.administrator_password
        return unsaved_commands(
            self._session, running, f"config{slot}", secret.resolve if secret else None
        )


def back_up(  # noqa: PLR0913 -- the options of `backup`, by name
    entry: Router,
    inventory: Inventory,
    store: Store,
    *,
    reason: str,
    author: Person,
    accept_new_host_key: bool = False,
    handshakes: Handshakes | None = None,
) -> tuple[Revision, bool]:
    """Read one router and keep it; return the revision and whether it is new.

    Raises:
        YamahaOpsError: The router cannot be read, or the history cannot be written.
    """
    session = connect(
        entry,
        state=inventory.state,
        accept_new_host_key=accept_new_host_key,
        handshakes=handshakes,
    )
    try:
        source = LiveSource(
            session,
            entry,
            inventory.state,
            accept_new_host_key=accept_new_host_key,
            handshakes=handshakes,
        )
        snapshot = read(source, lambda: _last_startup(store, entry.name))
    finally:
        # Reading changes nothing, and logging out would accept what somebody else has pending.
        session.drop()
    return store.record(snapshot, reason=reason, author=author, now=time.time())


def _last_startup(store: Store, router: str) -> Configuration | None:
    try:
        backup = store.backup(store.resolve(router, "latest"))
        return store.configuration(backup, Kind.STARTUP)
    except HistoryError:
        return None
