"""The threads in which routers are changed and asked, and what they do first after a start."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from yamaha_ops.web.act.applying import Applying
from yamaha_ops.web.act.stage import Stage
from yamaha_ops.web.errors import StoreError
from yamaha_ops.web.store.changes import Change, Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.web.console import Console

_log = logging.getLogger(__name__)

CHANGES_AT_ONCE: Final = 8
RUNS_AT_ONCE: Final = 4
"""What is beyond waits its turn. A long run of commands holds back no change."""
RETRY_SECONDS: Final = 2.0


class Runner:
    """Carries out what people have set under way. A worker of the console.

    Args:
        console: What is shared.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stopping = threading.Event()
        self._changes: ThreadPoolExecutor | None = None
        self._runs: ThreadPoolExecutor | None = None
        self._under_way: set[Future[None]] = set()
        self.applying = Applying(console, self._stopping)

    @property
    def stopping(self) -> bool:
        """Whether nothing further is begun."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Begin; what an earlier run of the console left under way is looked after first."""
        self._stopping.clear()
        self._changes = ThreadPoolExecutor(CHANGES_AT_ONCE, thread_name_prefix="change")
        self._runs = ThreadPoolExecutor(RUNS_AT_ONCE, thread_name_prefix="run")
        self._begin(self._changes, self._look_after)

    def stop(self) -> None:
        """Begin nothing more; what is not confirmed on a router is taken back, and waited for."""
        self._stopping.set()
        for executor in (self._changes, self._runs):
            if executor is not None:
                executor.shutdown(wait=True, cancel_futures=True)
        self._changes = self._runs = None

    def submit(self, act: Callable[[], None]) -> None:
        """Have a run done as soon as a thread is free."""
        self._begin(self._runs, act)

    def _begin(self, executor: ThreadPoolExecutor | None, act: Callable[[], None]) -> None:
        if executor is None:
            raise AssertionError("the runner is not started")
        future = executor.submit(act)
        self._under_way.add(future)
        future.add_done_callback(self._ended)

    def wait(self) -> None:
        """Return when everything that was set under way has come to its end."""
        while under_way := set(self._under_way):
            wait(under_way)

    def apply(self, number: int) -> None:
        """Apply a change that was set under way."""
        self._begin(self._changes, lambda: self.applying.apply(number))

    def resume(self, number: int) -> None:
        """Ask the journal what became of a change."""
        self._begin(self._changes, lambda: self.applying.resume(number))

    def _look_after(self) -> None:
        """Ask for every change that an earlier run of the server had under way."""
        while not self._stopping.is_set():
            try:
                numbers = self._left_behind()
            except StoreError as error:
                _log.warning("what was left behind is not known yet: %s", error)
                self._stopping.wait(RETRY_SECONDS)
            else:
                for number in numbers:
                    self.resume(number)
                return

    def _left_behind(self) -> list[int]:
        with self._console.database.session() as session:
            run = self._console.run
            session.execute(
                update(Run)
                .where(Run.ended.is_(None), Run.server_run != run)
                .values(ended=self._console.now(), interrupted=True)
            )
            changes = select(Change.id).where(
                Change.stage == Stage.APPLYING, Change.server_run != run
            )
            return list(session.scalars(changes))

    def _ended(self, future: Future[None]) -> None:
        self._under_way.discard(future)
        if not future.cancelled() and (fault := future.exception()) is not None:
            _log.error("a fault", exc_info=fault)
