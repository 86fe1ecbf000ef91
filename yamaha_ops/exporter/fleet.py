"""All routers of the exporter: loaded from the inventory, asked on demand or on a schedule."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from yamaha_ops.errors import InventoryError, YamahaOpsError
from yamaha_ops.exporter.own import Own
from yamaha_ops.exporter.target import Settings, Target
from yamaha_ops.fleet import Spread
from yamaha_ops.health import STANDARD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.health import Module
    from yamaha_ops.inventory import Router

MAINTENANCE_SECONDS = 15.0
_MOST_AT_ONCE = 256
"""Enough that a few dozen dead routers, each waiting for its time-out, hold nobody up. The pool
makes a thread only when all others are busy."""
_LONGEST_PAUSE = 0.5
"""Seconds until a schedule looks up: whether it shall stop, who is new, what the clock says."""
_log = logging.getLogger(__name__)


class Fleet:
    """The routers by name.

    Args:
        load: Reads the inventory and returns the routers to watch.
        settings: How they are asked.
    """

    def __init__(self, load: Callable[[], Iterable[Router]], settings: Settings) -> None:
        self.own = Own()
        self._load = load
        self._settings = settings
        self._lock = Lock()
        self._targets: dict[str, Target] = {}
        self._stop = Event()
        self._threads: list[Thread] = []
        self.reload()

    @property
    def targets(self) -> tuple[Target, ...]:
        """Every router, in the order of the inventory."""
        return tuple(self._targets.values())

    def target(self, name: str) -> Target:
        """Return one router.

        Raises:
            InventoryError: The inventory has no such router.
        """
        try:
            return self._targets[name]
        except KeyError:
            raise InventoryError(f"there is no router {name!r}") from None

    def reload(self) -> None:
        """Read the inventory again; routers whose entry is the same keep their session.

        Raises:
            InputError: The inventory cannot be used. The routers stay as they were.
        """
        with self._lock:
            try:
                routers = list(self._load())
            except YamahaOpsError:
                self.own.reloaded.set(0)
                raise
            before = self._targets
            self._targets = {
                router.name: before[router.name]
                if router.name in before and before[router.name].router == router
                else Target(router, self._settings)
                for router in routers
            }
            kept = set(map(id, self._targets.values()))
            gone = [target for target in before.values() if id(target) not in kept]
            self.own.reloaded.set(1)
            self.own.reload_time.set(self._settings.clock.time())
            self.own.routers.set(len(self._targets))
        for target in gone:
            target.close()

    def probe(self, name: str, module: Module, seconds: float) -> Scrape:
        """Ask one router now.

        Raises:
            InventoryError: The inventory has no such router.
        """
        scrape = self.target(name).scrape(module, seconds)
        self.own.count(scrape)
        return scrape

    def known(self) -> list[Scrape]:
        """Return the last result of every router that has one."""
        return [target.last for target in self.targets if target.last]

    def start(self, *, every: float | None = None, module: Module = STANDARD) -> None:
        """Keep sessions alive and, with ``every``, ask all routers on a schedule.

        Args:
            every: Seconds between two rounds; a router may take as long. Each has its own moment
                within a round (:class:`~yamaha_ops.fleet.Spread`), the first round included.
            module: What a scheduled round asks.
        """
        self._run(self._maintain)
        if every is not None:
            spread = Spread(every, self._settings.clock.time)
            self._run(lambda: self._watch(spread, every, module))

    def stop(self) -> None:
        """End the threads and all sessions."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        for target in self.targets:
            target.close()

    def count_sessions(self) -> None:
        """Bring up to date what is counted when it is asked for."""
        self.own.sessions.set(sum(target.warm for target in self.targets))
        self.own.one_at_a_time.set(sum(target.one_at_a_time for target in self.targets))

    def _run(self, work: Callable[[], None]) -> None:
        thread = Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _maintain(self) -> None:
        while not self._stop.wait(MAINTENANCE_SECONDS):
            for target in self.targets:
                target.maintain()

    def _watch(self, spread: Spread, every: float, module: Module) -> None:
        """Ask every router once per interval, many at a time: a dead one holds nobody up."""
        watched: dict[str, Target] = {}
        busy: set[str] = set()

        def ask(target: Target) -> None:
            try:
                self.own.count(target.scrape(module, every))
            finally:
                busy.discard(target.router.name)

        pool = ThreadPoolExecutor(max_workers=_MOST_AT_ONCE)
        try:
            while not self._stop.wait(min(spread.pause, _LONGEST_PAUSE)):
                if watched is not self._targets:
                    watched = self._targets
                    spread.members(watched)
                for name in spread.due():
                    if name not in busy:
                        busy.add(name)
                        pool.submit(ask, watched[name]).add_done_callback(_log_failure)
        finally:
            pool.shutdown(cancel_futures=True)


def _log_failure(future: Future[None]) -> None:
    """Tell about a fault of our own; the router's are results."""
    if not future.cancelled() and future.exception() is not None:
        _log.error("a scheduled scrape failed", exc_info=future.exception())
