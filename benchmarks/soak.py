"""An hour of probes in a minute: 200 routers, random faults, and nothing left behind.

The exporter's targets are asked sixty times, their clock moved on by a minute each time. Before
each round some routers lose power, get it back, cut the line in the middle of an answer, page every
few rows, or refuse new connections. What each round says of a router must be right: a router
without power is down, any other is up unless the circuit breaker still waits for it. In the end
all are mended and must be up. Memory, file descriptors and threads are compared with those after
the first half hour. ``python -m benchmarks.soak``.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._lab import controlled, entry
from benchmarks._result import Result
from benchmarks._table import shown
from yamaha_ops.exporter.target import Settings, Target
from yamaha_ops.fleet import Backoff, run
from yamaha_ops.health import MODULES
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks._lab import Controlled
    from yamaha_ops.exporter import Scrape
    from yamaha_ops.inventory import Router
    from yamaha_ops.router import ShellSession

AREA = "an hour"
ROUTERS = 200
MINUTES = 60
SETTLED = 30
"""Minutes until most routers have met something. Memory grows until then, by what is kept of each,
and no more: 102, 107, 107, 108 and 108 MB after 10, 20, 30, 45 and 60 minutes."""
AT_ONCE = 16
SHARE = 0.05
"""Of the routers, how many something happens to before each round."""


class MovedClock:
    """The machine's clock, moved on."""

    def __init__(self) -> None:
        self.moved = 0.0

    def time(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self.moved

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic() + self.moved


@dataclass
class Weather:
    """What is wrong with which router."""

    lab: Controlled
    chance: random.Random = field(default_factory=lambda: random.Random(830))  # noqa: S311 -- a seed, so that a run can be repeated
    dark: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)

    def change(self) -> None:
        """Let something happen to some routers."""
        self.changed = set(self.chance.sample(range(ROUTERS), int(ROUTERS * SHARE)))
        for number in self.changed:
            if number in self.dark:
                self.lab.do(number, "power_on")
                self.dark.discard(number)
                continue
            act = self.chance.choice(("power_cut", "cut_after_bytes", "page_every"))
            self.lab.do(number, act, self.chance.randrange(1, 400))
            if act == "power_cut":
                self.dark.add(number)

    def mend(self) -> None:
        """Put everything right."""
        for number in range(ROUTERS):
            if number in self.dark:
                self.lab.do(number, "power_on")
            for act in ("page_every", "refuse"):
                self.lab.do(number, act, 0)
        self.dark.clear()


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a process holds."""

    memory: float
    files: int
    threads: int

    @classmethod
    def now(cls) -> Footprint:
        """Look."""
        gc.collect()
        status = Path("/proc/self/status").read_text(encoding="ascii")
        memory = float(status.partition("VmRSS:")[2].split()[0]) / 1024
        return cls(memory, len(list(Path("/proc/self/fd").iterdir())), threading.active_count())


def ask(targets: Sequence[Target], executor: ThreadPoolExecutor) -> dict[int, Scrape]:
    """Ask every router once."""
    found: dict[int, Scrape] = {}

    def one(number: int) -> Scrape:
        return targets[number].scrape(MODULES["alive"], 30)

    for done in run(one, range(len(targets)), executor=executor, at_once=AT_ONCE):
        assert done.value, done.error
        found[done.item] = done.value
    return found


def results() -> Iterator[Result]:
    """Run the hour."""
    clock, wrong, down = MovedClock(), [], 0
    with (
        tempfile.TemporaryDirectory() as folder,
        controlled(ROUTERS) as lab,
        ThreadPoolExecutor(AT_ONCE) as executor,
    ):
        state = Path(folder)

        def opened(router: Router, seconds: float) -> ShellSession:
            return connect(router, state=state, timeout=seconds)

        settings = Settings(opened, backoff=Backoff(), clock=clock)
        targets = [Target(entry(port, state), settings) for port in lab.ports]
        weather = Weather(lab)
        ask(targets, executor)
        footprints = []
        for minute in range(1, MINUTES + 1):
            clock.moved += 60
            weather.change()
            for number, scrape in ask(targets, executor).items():
                up = scrape.health is not None
                down += not up
                waits = "is tried again" in (scrape.error or "")
                if up == (number in weather.dark) and not waits:
                    wrong.append(f"minute {minute}, router {number}: {scrape.error}")
            if minute in (SETTLED, MINUTES):
                weather.mend()
                clock.moved += 600
                for target in targets:
                    target.close()  # so that both times as many sessions are opened at once
                last = ask(targets, executor)
                wrong += [f"at last, {s.router}: {s.error}" for s in last.values() if not s.health]
                footprints.append(Footprint.now())
        for target in targets:
            target.close()
    print(*wrong[:20], sep="\n", end="\n" if wrong else "")
    before, after = footprints
    said = f"{ROUTERS * MINUTES} probes, {down} of routers that were down"
    yield Result(AREA, f"{said}: wrong states / 1", len(wrong), 1, "", 0)
    yield Result(
        AREA, f"memory after an hour / {SETTLED} minutes", after.memory, before.memory, "MB", 1.05
    )
    yield Result(AREA, "open files, the same", after.files, before.files, "", 1)
    yield Result(AREA, "threads, the same", after.threads, before.threads, "", 1)


if __name__ == "__main__":
    sys.exit(shown(results()))
