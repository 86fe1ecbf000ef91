"""One round over 1, 50, 200 and 500 emulated routers: cost of each, with and without dead ones.

A router is asked cold: log in, one round of health, hang up. The routers live in one process beside
the client's, on the same machine, so routers per second says more about them than about the
client; CPU per router is the client's alone. ``python -m benchmarks.fleet_scale``.
"""

from __future__ import annotations

import gc
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks._bare import Bare
from benchmarks._lab import emulated, entry
from benchmarks._result import Result
from benchmarks._table import shown
from yamaha_ops.exporter.spool import Spool
from yamaha_ops.exporter.target import Settings, Target
from yamaha_ops.fleet import run
from yamaha_ops.health import MODULES
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.exporter import Scrape
    from yamaha_ops.inventory import Router
    from yamaha_ops.router import ShellSession

AREA = "fleet"
SIZES = {1: 10, 50: 2, 200: 1, 500: 1}
"""Routers, and how many rounds over so few are done in a turn."""
ROUNDS = 3
FEW = 50
"""The size that the others are held against."""
AT_ONCE = 32
SECONDS = 60.0
DEAD_SECONDS = 5.0
"""How long a dead router is waited for."""
MODULE = MODULES["line"]
MANY = 5000
"""Routers whose metrics are written as one page."""
WARM = 100
"""Sessions held open to see what they weigh."""


@dataclass(frozen=True, slots=True)
class Round:
    """A round: seconds until the last living router was done, and client CPU per living router."""

    living: float
    cpu: float


class Fleet:
    """How routers of the lab are asked."""

    def __init__(self, folder: Path) -> None:
        def opened(router: Router, seconds: float) -> ShellSession:
            return connect(router, state=folder, timeout=min(seconds, DEAD_SECONDS))

        self.settings = Settings(opened)

    def ask(self, router: Router) -> Scrape:
        """Ask one router, cold."""
        target = Target(router, self.settings)
        try:
            return target.scrape(MODULE, SECONDS)
        finally:
            target.close()

    def round(self, routers: Sequence[Router], *, dead: int = 0) -> Round:
        """Ask all, of which so many must fail."""
        gc.collect()
        start, cpu, living, failed = time.perf_counter(), time.process_time(), 0.0, 0
        with ThreadPoolExecutor(AT_ONCE) as executor:
            for done in run(self.ask, routers, executor=executor, at_once=AT_ONCE):
                if done.value and done.value.health:
                    living = time.perf_counter() - start
                else:
                    failed += 1
        assert failed == dead
        return Round(living, (time.process_time() - cpu) / (len(routers) - dead))


def results() -> Iterator[Result]:
    """Measure rounds of all sizes, then the dead, then memory."""
    with (
        tempfile.TemporaryDirectory() as folder,
        emulated(max(SIZES)) as ports,
        ExitStack() as open_,
    ):
        state = Path(folder)
        fleet = Fleet(state)
        routers = [entry(port, state) for port in ports]
        fleet.round(routers)  # every host key is recorded once
        rounds: dict[int, list[Round]] = {size: [] for size in SIZES}
        for _ in range(ROUNDS):
            for size, times in SIZES.items():
                rounds[size] += [fleet.round(routers[:size]) for _ in range(times)]
        found = {
            size: Round(median(r.living for r in got), median(r.cpu for r in got))
            for size, got in rounds.items()
        }
        few = found[FEW]
        for size, got in found.items():
            yield Result(
                AREA,
                f"CPU per router, {size} routers / {FEW} ({size / got.living:.0f} routers/s)",
                got.cpu * 1e3,
                few.cpu * 1e3,
                "ms",
                1.2 if size > FEW else None,
            )
        yield from _with_dead(fleet, routers[:200], open_)
        yield from _memory(ports)
        yield _page(fleet.ask(routers[0]), state / "scrape")


def _with_dead(fleet: Fleet, living: Sequence[Router], open_: ExitStack) -> Iterator[Result]:
    """Put silent routers, whose port takes connections and says nothing, among the living."""
    silent = [open_.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(10)]
    mixed = list(living)
    for number, listener in enumerate(silent):
        dead = living[0].model_copy(
            update={"name": f"dead{number}", "port": listener.getsockname()[1]}
        )
        mixed.insert(number * 21, dead)
    pairs = [
        (fleet.round(living).living, fleet.round(mixed, dead=len(silent)).living) for _ in range(3)
    ]
    without, among = (median(pair[side] for pair in pairs) for side in (0, 1))
    what = f"{len(living)} living among {len(silent)} dead / alone, time"
    yield Result(AREA, what, among, without, "s", 1.05)


def _memory(ports: Sequence[int]) -> Iterator[Result]:
    """Hold sessions open, in a process of their own each."""
    ours, bare = (_told(kind, *map(str, ports[:WARM])) for kind in ("ours", "bare"))
    yield Result(AREA, "memory per warm router / bare paramiko", ours, bare, "KB")
    yield Result(AREA, "... beyond paramiko's own / 400 KB", ours - bare, 400.0, "KB", 1.0)


def _page(scrape: Scrape, file: Path) -> Result:
    """Write the page of many routers that say what one said, in a process of its own each."""
    file.write_bytes(pickle.dumps(scrape))
    many, few = (_told("page", str(file), str(count)) for count in (MANY, MANY // 5))
    what = f"memory for the metrics of {MANY} routers / {MANY // 5}"
    return Result(AREA, what, many, few, "KB", 1.2)


def _told(*words: str) -> float:
    """Run this very file and return the number that it prints."""
    program = [sys.executable, "-m", "benchmarks.fleet_scale", *words]
    done = subprocess.run(program, check=True, capture_output=True, text=True)  # noqa: S603 -- ours
    return float(done.stdout)


def _write_page(file: Path, count: int) -> None:
    """Print the kilobytes that so many routers need, each an object of its own."""
    data = file.read_bytes()
    scrape: Scrape = pickle.loads(data)  # noqa: S301 -- written above
    before, size = _resident(), 0
    with Spool() as spool:
        for number in range(count):
            scrape = pickle.loads(data)  # noqa: S301 -- written above
            spool.add(replace(scrape, router=f"r{number}"))
        for piece in spool.page():
            size += len(piece)
    assert size > count * 1000
    print(_resident("VmHWM:") - before)


def _weigh(kind: str, ports: Sequence[int]) -> None:
    """Print the kilobytes that each session adds."""
    with tempfile.TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder))

        def opened(port: int) -> Bare | Target:
            if kind == "bare":
                return Bare(port)
            target = Target(entry(port, Path(folder)), fleet.settings)
            assert target.scrape(MODULE, SECONDS).health
            return target

        first = opened(ports[0])
        gc.collect()
        before = _resident()
        held = [opened(port) for port in ports[1:]]
        gc.collect()
        print((_resident() - before) / len(held))
        for each in (first, *held):
            each.close()


def _resident(which: str = "VmRSS:") -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.partition(which)[2].split()[0])


if __name__ == "__main__":
    if sys.argv[1:2] == ["page"]:
        _write_page(Path(sys.argv[2]), int(sys.argv[3]))
    elif len(sys.argv) > 1:
        _weigh(sys.argv[1], [int(port) for port in sys.argv[2:]])
    else:
        sys.exit(shown(results()))
