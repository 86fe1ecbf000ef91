"""What every request and every worker of the console shares."""

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final, Protocol

from fastapi import Request
from sqlalchemy.orm import Session

from yamaha_ops.actions.histories import VARIABLE, store_for
from yamaha_ops.errors import InventoryError
from yamaha_ops.history import Store
from yamaha_ops.inventory import Inventory, Secret, load
from yamaha_ops.web.access.limits import Limits
from yamaha_ops.web.access.lockouts import Lockouts
from yamaha_ops.web.access.oidc import Provider
from yamaha_ops.web.access.passwords import Passwords
from yamaha_ops.web.access.sealing import seal_in_file
from yamaha_ops.web.gui.doors import Doors
from yamaha_ops.web.live import Hub
from yamaha_ops.web.settings import Settings
from yamaha_ops.web.store.database import Database
from yamaha_ops.web.store.people import AuditEntry

_AGAIN_SECONDS: Final = 5.0
"""How often an inventory that cannot be used is tried again."""

_log = logging.getLogger(__name__)


class Clock(Protocol):
    """Two clocks; the module ``time`` is one."""

    def time(self) -> float:
        """Return seconds since 1970, by a clock that can be set."""

    def monotonic(self) -> float:
        """Return seconds by a clock that only goes forward."""


class Worker(Protocol):
    """Something that runs beside the requests, from the start of the server to its end."""

    def start(self) -> None:
        """Begin; return at once."""

    def stop(self) -> None:
        """End, and return when it has ended."""


class Who(Protocol):
    """As much of a visitor as the audit log needs."""

    @property
    def name(self) -> str:
        """Their name."""

    @property
    def address(self) -> str:
        """Where they are."""


class Console:
    """The settings, and one of each thing that is shared.

    Args:
        settings: How it is to run.
        clock: What time it is.

    Raises:
        InventoryError: The inventory cannot be used; later on the last good one is kept.
        InputError: The database address is wrong.
    """

    def __init__(self, settings: Settings, *, clock: Clock = time) -> None:
        self.settings = settings
        self.clock = clock
        self.run = secrets.token_hex(16)
        """Names this run of the server: ticks of another cannot be compared."""
        self.workers: list[Worker] = []
        self.hub = Hub()
        self.limits = Limits(self.ticks)
        self.lockouts = Lockouts(self.ticks, settings.access)
        self.passwords = Passwords(settings.access.password_cost)
        self.doors = Doors(self.ticks, self.new_key)
        self.provider = Provider(settings.oidc, self.ticks) if settings.oidc else None
        self._inventories = Inventories(settings.inventory, self.ticks)
        state = self.inventory().state
        self.seal = seal_in_file(state / "web.key", self.now, _log.warning)
        self.database = Database(_database_url(settings, state))

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return self.clock.time()

    def ticks(self) -> float:
        """Return seconds by a clock that only goes forward, of this run alone."""
        return self.clock.monotonic()

    def inventory(self) -> Inventory:
        """Return the inventory as its file says it now, or the last good one."""
        return self._inventories.current()

    @property
    def inventory_problem(self) -> InventoryError | None:
        """What is wrong with the file, while the last good inventory is in use."""
        self._inventories.current()
        return self._inventories.problem

    @property
    def history(self) -> Store:
        """The configurations of the inventory's routers over time."""
        path = os.environ.get(VARIABLE)
        return store_for(self.inventory(), Path(path) if path else None, None)

    @staticmethod
    def new_key() -> str:
        """Return 256 random bits as text that fits into a cookie and an address."""
        return secrets.token_urlsafe(32)

    def audit(
        self,
        who: Who,
        act: str,
        router: str | None = None,
        *,
        session: Session | None = None,
        **detail: Any,
    ) -> None:
        """Write down who did what; never a secret.

        Args:
            who: A visitor, or :data:`SERVER` for what happens by itself.
            act: A word with its subject first: ``change.approve``.
            router: Which one, if any.
            session: What the act itself is written in: neither is kept without the other then.
            detail: Plain data.
        """
        entry = AuditEntry(
            time=self.now(),
            who=who.name[:64],
            act=act,
            router=router,
            address=who.address,
            detail=detail,
        )
        with nullcontext(session) if session else self.database.session() as writing:
            writing.add(entry)
        about = [act, *([router] if router else []), *([str(detail)] if detail else [])]
        _log.info("%s: %s", who.name, " ".join(about))
        self.hub.publish("audit")

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


class Server:
    """Who does what nobody asked for."""

    name = "-"
    address = ""


SERVER = Server()


def console(request: Request) -> Console:
    """Return the console that a request came to."""
    found: Console = request.app.state.console
    return found


class Inventories:
    """One inventory file, read again when it or a file it includes has changed.

    Args:
        path: The file.
        ticks: Seconds by a clock that only goes forward.
    """

    def __init__(self, path: Path, ticks: Callable[[], float]) -> None:
        self.problem: InventoryError | None = None
        self._path = path
        self._ticks = ticks
        self._tried = ticks()
        self._lock = threading.Lock()
        self._good = load(path)
        self._files = _files(self._good)
        self._seen = self._look()

    def current(self) -> Inventory:
        """Return the newest that can be used."""
        with self._lock:
            seen = self._look()
            # What is wrong may stand in a file that the last good inventory did not have.
            again = self.problem is not None and self._ticks() - self._tried > _AGAIN_SECONDS
            if seen != self._seen or again:
                self._seen, self._tried = seen, self._ticks()
                self._read()
            return self._good

    def _read(self) -> None:
        try:
            self._good = load(self._path)
        except InventoryError as error:
            if str(error) != str(self.problem):
                _log.warning("the last good inventory stays in use: %s", error.explain())
            self.problem = error
            return
        self.problem = None
        self._files = _files(self._good)
        self._seen = self._look()

    def _look(self) -> tuple[tuple[str, int, int], ...]:
        return tuple(_stamp(file) for file in self._files)


def _files(inventory: Inventory) -> tuple[str, ...]:
    """Return the files of an inventory, and the folders that ``include`` may find new ones in."""
    files = {str(inventory.path)} | {
        origin.place.file
        for merged in inventory.origins.values()
        for origin in merged.origins.values()
    }
    folders = {str(Path(file).parent) for file in files} - {str(inventory.folder)}
    return tuple(sorted(files | folders))


def _stamp(file: str) -> tuple[str, int, int]:
    try:
        found = os.stat(file)  # noqa: PTH116 -- for each file at each request: a Path costs more
    except OSError:
        return file, 0, -1
    return file, found.st_mtime_ns, found.st_size


def _database_url(settings: Settings, state: Path) -> str:
    if isinstance(settings.database, Secret):
        return settings.database.resolve()
    if settings.database:
        return settings.database
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = state / "web.db"
    file.touch(mode=0o600)  # SQLite would leave it to the umask
    return f"sqlite:///{file}"
