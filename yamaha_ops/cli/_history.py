"""What the commands around the history share: its options, its store, one router's backup."""

from __future__ import annotations

import getpass
import re
import socket
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from yamaha_ops.errors import InputError
from yamaha_ops.history import HistoryError, Kind, Person, Revision, Store, Vault, key_in_file, read
from yamaha_ops.inventory import Secret
from yamaha_ops.router import Reply, SftpFiles, connect, password
from yamaha_ops.router.saved import unsaved_commands
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from yamaha_ops.config import Configuration
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session

HistoryPath = Annotated[
    Path | None,
    typer.Option(
        "--history",
        envvar="YAMAHA_OPS_HISTORY",
        help="The history's git repository; history.git in the state folder if left out.",
        show_envvar=True,
        show_default=False,
    ),
]
HistoryKey = Annotated[
    str | None,
    typer.Option(
        "--history-key",
        envvar="YAMAHA_OPS_HISTORY_KEY",
        help=f"Where the key of its secrets is: {Secret.FORMS}. Made in the state folder if left "
        "out.",
        show_envvar=True,
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option("--reason", "-r", help="Why, in one line.")]
Author = Annotated[
    str | None,
    typer.Option(
        "--author",
        envvar="YAMAHA_OPS_AUTHOR",
        help="Who: 'Name <mail>'; the user of this machine if left out.",
        show_default=False,
    ),
]
AtOnce = Annotated[int, typer.Option("--at-once", min=1, help="Routers at a time.")]

_PERSON = re.compile(r"([^<>\n]+?) *<([^<>\s]+)>")
_ASKED = re.compile(r"^.*[Pp]assword ?:\s*$")
_SLOT = re.compile(r"config(\d)", re.IGNORECASE)


def store_for(inventory: Inventory, path: Path | None, key: str | None) -> Store:
    """Return the history that belongs to an inventory.

    Raises:
        InputError: The key is given as such instead of by a reference.
    """
    if key is None:
        file = inventory.state / "history.key"
        vault = Vault(lambda: key_in_file(file, _tell), about=str(file))
    else:
        try:
            secret = TypeAdapter(Secret).validate_python(key, context={"base": inventory.folder})
        except ValidationError:
            raise InputError(
                f"the history key must be a reference ({Secret.FORMS}), not the key itself"
            ) from None
        vault = Vault(secret.resolve, about=str(secret))
    return Store(path or inventory.state / "history.git", vault)


def author_from(text: str | None) -> Person:
    """Return who a backup is by.

    Raises:
        InputError: The text is not ``Name <mail>``.
    """
    if text is None:
        user = getpass.getuser()
        return Person(user, f"{user}@{socket.gethostname()}")
    found = _PERSON.fullmatch(text.strip())
    if not found:
        raise InputError(f"the author {text!r} is not 'Name <mail>'")
    return Person(found[1], found[2])


class LiveSource:
    """A router over its console and, where it offers that, SFTP; see :class:`history.Source`."""

    def __init__(
        self, session: Session, entry: Router, state: Path, *, accept_new_host_key: bool
    ) -> None:
        self._session = session
        self._entry = entry
        self._state = state
        self._accept = accept_new_host_key
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
        with SftpFiles(self._entry, state=self._state, accept_new_host_key=self._accept) as files:
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


def back_up(
    entry: Router,
    inventory: Inventory,
    store: Store,
    *,
    reason: str,
    author: Person,
    accept_new_host_key: bool = False,
) -> tuple[Revision, bool]:
    """Read one router and keep it; return the revision and whether it is new.

    Raises:
        YamahaOpsError: The router cannot be read, or the history cannot be written.
    """
    session = connect(entry, state=inventory.state, accept_new_host_key=accept_new_host_key)
    try:
        source = LiveSource(
            session, entry, inventory.state, accept_new_host_key=accept_new_host_key
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


def local_time(seconds: float) -> str:
    """Return a time for people, in their own zone."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def revision_as_json(revision: Revision) -> dict[str, Any]:
    """Return plain data; the time is ISO 8601."""
    return {
        "router": revision.router,
        "revision": revision.id,
        "time": datetime.fromtimestamp(revision.time, UTC).isoformat(),
        "author": revision.author,
        "reason": revision.reason,
        "tags": list(revision.tags),
    }


def _tell(text: str) -> None:
    sys.stderr.write(f"yamaha-ops: {text}\n")
