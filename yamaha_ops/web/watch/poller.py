"""The routers, asked by many hands: one warm session each, through the exporter's own Target."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore, Condition, Thread
from typing import TYPE_CHECKING, Final

from yamaha_ops.actions.histories import backup_times
from yamaha_ops.errors import UnreachableError, YamahaOpsError
from yamaha_ops.exporter.target import Settings, Target
from yamaha_ops.health import MODULES, STANDARD
from yamaha_ops.router import connect
from yamaha_ops.web.watch.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor, Future

    from yamaha_ops.exporter import Scrape
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session
    from yamaha_ops.web.console import Clock

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 2.0
"""How often the inventory is looked at for routers that came or went."""

CONFIGURATION_SECONDS: Final = 900.0
"""How old what is known of a configuration may get, as in the exporter."""

_HANDSHAKES: Final = max(4, 4 * (os.cpu_count() or 1))
"""At the same time: each keeps a processor busy, and more only make all of them late."""


@dataclass(frozen=True, slots=True)
class Round:
    """One router asked once.

    Attributes:
        router: Its entry in the inventory then.
        scrape: What came of it.
        at: When it ended, by a clock that is never set.
        error: What kept a session from being opened, or from being of use, if anything did.
    """

    router: Router
    scrape: Scrape
    at: float
    error: type[YamahaOpsError] | None = None


class Poller:
    """Asks every router of the inventory again and again.

    Args:
        inventory: Gives the inventory as it is now.
        every: Seconds between two rounds of one router.
        at_once: How many are asked at the same time.
        clock: What time it is.
        ended: Told of every round, in the thread that asked.
        opened: Opens a session; the router room's ``connect`` if left out.
        pool: Where they are asked; threads of its own if left out.
    """

    def __init__(  # noqa: PLR0913 -- each is one seam
        self,
        inventory: Callable[[], Inventory],
        *,
        every: float,
        at_once: int,
        clock: Clock,
        ended: Callable[[Round], None],
        opened: Callable[[Router, float], Session] | None = None,
        pool: Executor | None = None,
    ) -> None:
        self._inventory = inventory
        self._every = every
        self._at_once = at_once
        self._clock = clock
        self._ended = ended
        self.opened = opened or self._open
        """Opens a session with a router within so many seconds."""
        self._handshakes = BoundedSemaphore(_HANDSHAKES)
        self._tried: dict[str, type[YamahaOpsError] | None] = {}
        """How opening a session went, of routers where it was tried in their last round."""
        self._known = inventory()
        self._settings = Settings(
            self._connect,
            templates=self._known.folder / "templates",
            config_seconds=max(CONFIGURATION_SECONDS, every),
            idle_seconds=max(900.0, 3 * every),
            backup_time=backup_times(self._known),
            clock=clock,
        )
        self._condition = Condition()
        self._schedule = Schedule(every)
        self._targets: dict[str, Target] = {}
        self._wanted: set[str] = set()
        self._busy: set[str] = set()
        self._stopped = self._woken = False
        self._looked = float("-inf")
        self._thread: Thread | None = None
        self._pool = pool or ThreadPoolExecutor(at_once, thread_name_prefix="poller")

    def start(self) -> None:
        """Begin asking."""
        self._thread = Thread(target=self._run, name="poller", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End: what is being asked is waited for, then every session is cut."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        if self._thread:
            self._thread.join()
        self._pool.shutdown(cancel_futures=True)
        for target in self._targets.values():
            target.close()

    def ask(self, name: str) -> None:
        """Ask a router as soon as there is a free hand, its configuration included."""
        with self._condition:
            self._wanted.add(name)
            self._schedule.soon(name, self._clock.monotonic())
            self._woken = True
            self._condition.notify_all()

    def communicating(self, name: str) -> bool:
        """Whether somebody wants to know and the answer is not there yet."""
        with self._condition:
            return name in self._wanted

    def step(self) -> float:
        """Begin what is due; return the seconds until there is something to do again.

        The thread of :meth:`start` does nothing but this.
        """
        now = self._clock.monotonic()
        if now - self._looked >= LOOK_SECONDS:
            self._looked = now
            self._look(now)
        with self._condition:
            self._woken = False
            names = self._schedule.take(now, self._at_once - len(self._busy))
            self._busy |= set(names)
            due = self._schedule.next()
            full = len(self._busy) >= self._at_once
        for name in names:
            self._pool.submit(self._ask, self._targets[name]).add_done_callback(_log_failure)
        return LOOK_SECONDS if full or due is None else min(LOOK_SECONDS, max(due - now, 0.0))

    def _run(self) -> None:
        while True:
            seconds = self.step()
            with self._condition:
                self._condition.wait_for(lambda: self._stopped or self._woken, seconds)
                if self._stopped:
                    return

    def _look(self, now: float) -> None:
        """Follow the inventory; a router whose entry is the same keeps its session."""
        found = self._inventory()
        if found is self._known and self._targets:
            return
        self._known = found
        left = [self._targets.pop(name) for name in set(self._targets) - set(found.routers)]
        for name, router in found.routers.items():
            before = self._targets.get(name)
            if before is None or before.router != router:
                self._targets[name] = Target(router, self._settings)
                left += [before] if before else []
        with self._condition:
            self._wanted -= set(self._schedule.sync(found.routers, now))
        for target in left:
            self._pool.submit(target.close).add_done_callback(_log_failure)

    def _ask(self, target: Target) -> None:
        router = target.router
        with self._condition:
            wanted = router.name in self._wanted
        well = False
        try:
            self._tried.pop(router.name, None)
            administrator = router.login.administrator_password is not None
            module = MODULES["full"] if wanted and administrator else STANDARD
            scrape = target.scrape(module, self._seconds)
            well = scrape.health is not None
            # An open session that fell silent, and no time left to try another one.
            error = self._tried.get(router.name, None if well else UnreachableError)
            self._ended(Round(router, scrape, self._clock.monotonic(), error))
        finally:
            with self._condition:
                self._woken = True
                self._busy.discard(router.name)
                if wanted:
                    self._wanted.discard(router.name)
                self._schedule.ended(router.name, self._clock.monotonic(), well=well)
                self._condition.notify_all()

    @property
    def _seconds(self) -> float:
        """How long one round may take."""
        return min(max(self._every, 20.0), 60.0)

    def _connect(self, router: Router, seconds: float) -> Session:
        """Open a session, and note what kept it from being opened: a scrape only has the words."""
        try:
            session = self.opened(router, seconds)
        except YamahaOpsError as error:
            self._tried[router.name] = type(error)
            raise
        self._tried[router.name] = None
        return session

    def _open(self, router: Router, seconds: float) -> Session:
        return connect(
            router, state=self._known.state, timeout=seconds, handshakes=self._handshakes
        )


def _log_failure(future: Future[None]) -> None:
    """Tell about a fault of our own; the router's are results."""
    if not future.cancelled() and future.exception() is not None:
        _log.error("asking a router failed", exc_info=future.exception())
