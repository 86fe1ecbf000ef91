"""Changes run beside the main thread, so that Ctrl-C strikes nowhere but where it is waited for.

Python raises KeyboardInterrupt in the main thread, wherever that is. Inside an SSH library it may
be holding a lock, and hanging up then waits for that lock for ever. So the main thread only waits,
asks and prints; what talks to routers runs in threads that no signal reaches.
"""

from __future__ import annotations

import os
import signal
import sys
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Generic, TypeVar

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType

Value = TypeVar("Value")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The last one comes when a terminal goes away, such as that of an SSH session to this machine."""
PATIENCE = 3
"""The signal after which even the main thread is not waited for."""


@dataclass(frozen=True, slots=True)
class _Question:
    ask: Callable[[], bool]
    answer: Future[bool]


@dataclass(frozen=True, slots=True)
class _Signal:
    number: int


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None


@dataclass(slots=True)
class Conductor(Generic[Value]):
    """Lets work run in a thread and hands out what it yields, in the main thread.

    Attributes:
        interrupted: Called in the main thread at the first signal, when ``stop`` is set.
        leave: Called in the main thread at the second one; its exit code ends the process at once,
            whatever its threads are doing.
        stop: Set by the first signal, for the work to look at.
    """

    interrupted: Callable[[], object]
    leave: Callable[[], int]
    stop: Event = field(default_factory=Event)
    _said: SimpleQueue[Value | _Question | _Signal | _End] = field(default_factory=SimpleQueue)
    _asking: bool = False
    _signals: int = 0

    def run(self, work: Callable[[], Iterable[Value]]) -> Iterator[Value]:
        """Yield what the work yields, as it comes; raise what it raises."""
        thread = Thread(target=self._work, args=(work,), name="changes", daemon=True)
        with self._signals_heard():
            thread.start()
            while True:
                said = self._said.get()
                if isinstance(said, _End):
                    break
                if isinstance(said, _Question):
                    self._ask(said)
                elif isinstance(said, _Signal):
                    self._heard()
                else:
                    yield said
        thread.join()
        if said.error:
            raise said.error

    def ask(self, question: Callable[[], bool]) -> bool:
        """Ask something in the main thread, from any other, and return the answer.

        Ctrl-C while it is asked means no, and sets ``stop``.
        """
        answer: Future[bool] = Future()
        self._said.put(_Question(question, answer))
        return answer.result()

    def _work(self, work: Callable[[], Iterable[Value]]) -> None:
        try:
            for value in work():
                self._said.put(value)
        except BaseException as error:  # noqa: BLE001 -- raised again in the main thread
            self._said.put(_End(error))
        else:
            self._said.put(_End(None))

    def _ask(self, question: _Question) -> None:
        if self.stop.is_set():
            question.answer.set_result(False)
            return
        try:
            self._asking = True
            try:
                answer = question.ask()
            finally:
                self._asking = False
        except (KeyboardInterrupt, typer.Abort):
            self._signals += 1
            self.stop.set()
            question.answer.set_result(False)
        except Exception as error:  # noqa: BLE001 -- raised again where it was asked
            question.answer.set_exception(error)
        else:
            question.answer.set_result(answer)

    def _heard(self) -> None:
        if self._signals == 1:
            self.interrupted()
            return
        code = self.leave()
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        # Whoever holds a lock now holds it for ever; the journal knows what was under way.
        os._exit(code)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Only note it: whatever the main thread is doing may not be done twice at once."""
        if self._asking:
            raise KeyboardInterrupt
        if number == signal.SIGHUP and self._signals:
            return  # shell and kernel both tell of a terminal that went: that is no second wish
        self._signals += 1
        self.stop.set()
        if self._signals >= PATIENCE:
            os._exit(128 + number)
        self._said.put(_Signal(number))

    @contextmanager
    def _signals_heard(self) -> Iterator[None]:
        before = {
            number: signal.signal(number, self._on_signal)
            for number in SIGNALS
            # Whoever started us with nohup has said what a lost terminal means.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
