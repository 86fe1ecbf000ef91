"""Routers that answer from a table, asked without threads, for tests of the watch."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from tests.health.conftest import TableSession
from yamaha_ops.errors import UnreachableError
from yamaha_ops.exporter import Scrape
from yamaha_ops.health import MODULES, collect
from yamaha_ops.web.watch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import SteppedClock
    from yamaha_ops.inventory import Router
    from yamaha_ops.web.console import Console

_Result = TypeVar("_Result")


class Inline(Executor):
    """Does everything at once, in the thread that asks for it."""

    def submit(self, fn: Callable[..., _Result], /, *args: Any, **kwargs: Any) -> Future[_Result]:
        future: Future[_Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Living(TableSession):
    """A router whose time goes on with the test's clock."""

    def __init__(self, network: Network, router: str) -> None:
        super().__init__(router=router)
        self.network = network

    def run(self, command: str, timeout: float | None = None) -> str:
        text = super().run(command, timeout)
        return text.replace("2days 01:00:00", uptime(self.network.uptime))


def uptime(seconds: float) -> str:
    """Write a duration as the router does."""
    hours, left = divmod(int(seconds) % 86400, 3600)
    return f"{int(seconds) // 86400}days {hours:02}:{left // 60:02}:{left % 60:02}"


@dataclass
class Network:
    """Opens sessions with routers.

    Attributes:
        answers: What a router says otherwise than a healthy one, by router and command.
        texts: Configurations by router.
        fails: What opening a session raises, by router.
        opened: Every session.
        uptime: How long the routers have been running.
        spoil: What every new session fails with.
    """

    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    opened: list[TableSession] = field(default_factory=list)
    uptime: float = 0.0
    spoil: Exception | None = None

    def open(self, router: Router, _seconds: float) -> TableSession:
        if router.name in self.fails:
            raise self.fails[router.name]
        session = Living(self, router=router.name)
        session.answers |= self.answers.get(router.name, {})
        session.text = self.texts.get(router.name, session.text)
        if self.spoil:
            session.fails["show environment"] = self.spoil
        self.opened.append(session)
        return session

    def say(self, router: str, command: str, text: str) -> None:
        """Let a router answer otherwise from now on, in open sessions too."""
        self.answers.setdefault(router, {})[command] = text
        for session in self.opened:
            if session.router == router:
                session.answers[command] = text

    def die(self, router: str) -> None:
        """Let a router go, and what is open with it."""
        error = UnreachableError("nothing answers", router=router)
        self.fails[router] = error
        for session in self.opened:
            if session.router == router:
                session.fails |= dict.fromkeys(("show environment", "show ip route"), error)


class Bench:
    """A console whose watch does only what it is told to."""

    def __init__(self, console: Console, clock: SteppedClock, network: Network) -> None:
        self.console = console
        self.clock = clock
        self.network = network
        self.rounds: list[Any] = []
        self.started = clock.ticking
        self.watch = self.begin()

    def begin(self) -> Watch:
        """Begin anew, as after a restart of the console."""
        self.console.workers.clear()
        self.watch = Watch(self.console, opened=self.network.open, pool=Inline())
        self.watch.poller._ended = self.rounds.append  # taken in by `keep`, in this thread
        self.console.workers.append(self.watch)
        # The first round of a fleet is spread over a moment.
        self.watch.poller.step()
        self.clock.step(1.0)
        return self.watch

    def ask(self) -> int:
        """Ask every router that is due; return how many were."""
        before = len(self.rounds)
        self.network.uptime = self.clock.ticking - self.started + 10 * 86400
        self.watch.poller.step()
        return len(self.rounds) - before

    def keep(self) -> bool:
        """Take in what was asked; whether the database took it."""
        rounds, self.rounds[:] = list(self.rounds), []
        return self.watch.keeper.work(rounds)

    def run(self, seconds: float, *, step: float = 60.0) -> None:
        """Let time pass, and ask and keep meanwhile."""
        passed = 0.0
        while passed < seconds:
            self.clock.step(step)
            passed += step
            self.ask()
            self.keep()


def scrape(
    session: TableSession | None = None, *, time: float = 1_800_000_000.0, **more: Any
) -> Scrape:
    """Return a round of a router, a healthy one if nothing else is said."""
    module = MODULES["full"]
    health = collect(session or TableSession(), module)
    return Scrape("tokyo", time, 1.0, health, **more)


def silence(*, time: float = 1_800_000_000.0) -> Scrape:
    """Return a round of a router that does not answer."""
    return Scrape("tokyo", time, 10.0, None, "tokyo: nothing answers")
