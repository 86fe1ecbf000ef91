"""Lua tasks: eight at once, each in a thread of its own, and the history of those that ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeVar

from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lua.machine import LuaFailure, Stopped, run
from yamaha_ops.lab.lua.sockets import Ports, ready
from yamaha_ops.lab.lua.states import State
from yamaha_ops.lab.messages import Problem, Refusal

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from yamaha_ops.lab.router import EmulatedRouter

T = TypeVar("T")
Post = Callable[[Callable[[], None]], object]

FIDELITY: Final = (
    recorded(
        "Eight tasks of the `lua` command; the ninth is refused", "RTX830/lua_error_no_free_task"
    ),
    documented("States RUN, SLEEP, WATCH, COMMUNICATE, TERMINATE", "REF 46.4"),
    documented("History of the newest 10 command lines, 5 errors each", "REF 46.4"),
    documented("`lua use off` ends all tasks and clears the history", "REF 46.1, 46.4"),
    recorded("A task that terminates itself locks `lua`, `terminate lua`, `restart`", "routemon"),
    assumed("Ids are given from 1, the lowest free one", "ids 1..10 are documented"),
)

LIMIT: Final = 8
KINDS: Final = 10
ERRORS: Final = 5
PATIENCE_SECONDS: Final = 30.0
"""For the router's thread to do something; only a machine out of breath takes so long."""
SLICE_SECONDS: Final = 0.05
"""How long a task looks at the network before it looks at its clock."""


class Trigger(StrEnum):
    """What started a task."""

    COMMAND = "lua"
    SCHEDULE = "schedule"


@dataclass(slots=True)
class Run:
    """The history of one command line."""

    trigger: Trigger
    command: str
    script: str
    first_started: float
    last_started: float = 0.0
    last_ended: float = 0.0
    runs: int = 0
    failures: int = 0
    failed_last: bool = False
    errors: list[tuple[float, str]] = field(default_factory=list)


@dataclass(slots=True)
class Task:
    """A running script.

    Attributes:
        watching: What ``rt.syslogwatch`` waits for.
        resting: Whether it waits for the network.
        wake: Set to end a wait early.
        show: Takes what the script prints.
    """

    number: int
    trigger: Trigger
    command: str
    script: str
    source: str
    arguments: tuple[str, ...]
    started: float
    show: Callable[[str], None]
    state: State = State.RUN
    watching: str = ""
    resting: bool = False
    japanese: bool = True
    stopped: bool = False
    wake: threading.Event = field(default_factory=threading.Event)

    def rouse(self) -> None:
        """End a wait: the task counts as running from now, not from when its thread notices."""
        self.state, self.resting = State.RUN, False
        self.wake.set()


class Tasks:
    """The Lua side of one router.

    Args:
        post: Runs a function in the router's thread.
    """

    def __init__(self, router: EmulatedRouter, post: Post) -> None:
        self._router = router
        self._post = post
        self.running: dict[int, Task] = {}
        self.history: dict[str, Run] = {}
        self.locked = False
        """Whether a task tried to end itself: nothing but a power cut helps then."""
        self.ports: Ports = {}
        """What scripts listen on, and where that is on this machine."""
        self._threads: list[threading.Thread] = []

    # --- in the router's thread --------------------------------------------------------------

    def start(
        self,
        trigger: Trigger,
        command: str,
        script: str,
        source: str,
        arguments: tuple[str, ...],
        show: Callable[[str], None],
    ) -> Task:
        """Start a script.

        Raises:
            Refusal: No task is free, or Lua is off.
        """
        if self._router.view.value("lua", "use", default="on") == "off":
            raise Refusal(Problem.LUA_OFF)
        if self.locked or len(self.running) >= LIMIT:
            raise Refusal(Problem.NO_LUA_TASK)
        number = next(n for n in range(1, LIMIT + 1) if n not in self.running)
        now = self._router.clock.now()
        task = Task(number, trigger, command, script, source, arguments, now, show)
        self.running[number] = task
        thread = threading.Thread(target=self._run, args=(task,), name=f"lua {number}", daemon=True)
        self._threads = [*self.threads(), thread]
        thread.start()
        return task

    def stop(self, task: Task) -> None:
        """Ask a task to end; it does at its next step."""
        task.state = State.TERMINATE
        task.stopped = True
        task.wake.set()

    def stop_all(self, *, forget: bool = False) -> None:
        """End every task (power, ``lua use off``)."""
        for task in tuple(self.running.values()):
            self.stop(task)
        self.running.clear()
        if forget:
            self.history.clear()

    def lose_power(self) -> None:
        """Forget everything; the threads end at their next step."""
        self.stop_all(forget=True)
        self.locked = False

    def threads(self) -> list[threading.Thread]:
        """Return every thread that still runs, also of tasks that lost their power."""
        return [thread for thread in self._threads if thread.is_alive()]

    # --- in a task's thread ------------------------------------------------------------------

    def _run(self, task: Task) -> None:
        problem = ""
        try:
            run(self._router, self, task)
        except Stopped:
            problem = "lua: terminated"
        except LuaFailure as failure:
            problem = f"lua: {failure}"
        self._post(lambda: self._ended(task, problem))

    def ask(self, act: Callable[[], T]) -> T:
        """Do something in the router's thread and return the result to the task."""
        done: Future[T] = Future()

        def work() -> None:
            try:
                done.set_result(act())
            except BaseException as error:  # noqa: BLE001 -- it is raised again in the task
                done.set_exception(error)

        self._post(work)
        return done.result(PATIENCE_SECONDS)

    def wait(self, task: Task, state: State, seconds: float | None) -> None:
        """Let a task wait on the router's clock, or for whoever wakes it."""
        task.wake.clear()
        timer = None
        if seconds is not None:
            timer = self.ask(lambda: self._router.clock.later(seconds, task.rouse))
        task.state = state
        while not task.stopped and not task.wake.wait(0.5):
            pass
        if timer is not None:
            timer.cancel()
        if task.stopped:
            raise Stopped

    def rest(
        self,
        task: Task,
        readers: Sequence[socket.socket],
        writers: Sequence[socket.socket],
        seconds: float | None,
    ) -> bool:
        """Let a task wait for the network, at most so long on the router's clock.

        Returns:
            Whether something can be read or written now.
        """
        if seconds is not None and seconds <= 0:
            return any(ready(readers, writers, 0))
        task.wake.clear()
        timer = None
        if seconds is not None:
            timer = self.ask(lambda: self._router.clock.later(seconds, task.rouse))
        task.state, task.resting = State.COMMUNICATE, True
        try:
            while not task.stopped:
                if any(ready(readers, writers, SLICE_SECONDS)):
                    return True
                if task.wake.is_set():
                    return False
        finally:
            task.state, task.resting = State.RUN, False
            if timer is not None:
                timer.cancel()
        raise Stopped

    def _ended(self, task: Task, problem: str) -> None:
        if self.running.get(task.number) is not task:
            return  # the power or Lua itself went away meanwhile, and its history with it
        del self.running[task.number]
        now = self._router.clock.now()
        found = self.history.pop(task.command, None)
        entry = found or Run(task.trigger, task.command, task.script, task.started)
        entry.runs += 1
        entry.last_started, entry.last_ended = task.started, now
        entry.failed_last = bool(problem)
        if problem:
            entry.failures += 1
            entry.errors = [(now, problem), *entry.errors][:ERRORS]
            task.show(f"{problem}\n")
        self.history = {task.command: entry, **self.history}
        for old in list(self.history)[KINDS:]:
            del self.history[old]

    # --- in a test's thread ------------------------------------------------------------------

    def busy(self) -> bool:
        """Tell whether a task is working, not waiting."""
        return not self.locked and any(
            task.state not in {State.SLEEP, State.WATCH} and not task.resting
            for task in tuple(self.running.values())
        )
