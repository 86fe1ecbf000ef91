"""Ctrl-C at random moments of a real `apply`: it never hangs, and says what became of the router.

python -m benchmarks.interrupts [COUNT [SEED]]

Every run is a process of its own against an emulated router. One in three gets a second Ctrl-C a
moment later. What is left is then looked at on the router itself, after at most one resume.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self
from unittest import mock

from tests.change.bench import ENVIRONMENT, ROOT, make_bench
from yamaha_ops.lab import Lab, ManualClock, Offer, World

if TYPE_CHECKING:
    from tests.change.bench import Bench

COUNT = 150
HANG_SECONDS = 60.0
"""Longer than this after the signal is a hang; a change takes a few seconds here."""
HANGS = "WRONG: it hangs"
COMMAND = [sys.executable, "-m", "yamaha_ops", "apply", "home", "--yes", "--json", "--no-history"]


@dataclass(frozen=True, slots=True)
class Run:
    """One process that was interrupted.

    Attributes:
        end: What became of the router, and how.
        seconds: From the last signal to the end of the process.
    """

    end: str
    seconds: float


def main() -> int:
    """Print how the runs ended; fail on a hang, or a router that is neither old nor new."""
    count = int(sys.argv[1]) if sys.argv[1:] else COUNT
    chance = random.Random(int(sys.argv[2]) if sys.argv[2:] else 1)  # noqa: S311 -- moments
    with mock.patch.dict(os.environ, ENVIRONMENT):
        whole = _duration()
        runs: list[Run] = []
        while len(runs) < count:
            if run := _run(chance, whole):
                runs.append(run)
                sys.stdout.write(f"{len(runs):4} {run.seconds:5.1f} s  {run.end}\n")
                sys.stdout.flush()
    ends = Counter(run.end for run in runs)
    slowest = max(run.seconds for run in runs)
    sys.stdout.write(
        f"{count} changes interrupted at random moments, {ends[HANGS]} hangs; "
        f"the slowest process ended {slowest:.1f} s after the last signal\n"
    )
    sys.stdout.writelines(f"{number:5} {end}\n" for end, number in sorted(ends.items()))
    return int(any(end.startswith("WRONG") for end in ends))


def _duration() -> float:
    """Return how long a change takes that nobody interrupts."""
    with _Site() as site:
        with site.start() as victim:
            site.wait_until_begun(victim)
            began = time.monotonic()
            victim.wait()
        return time.monotonic() - began


def _run(chance: random.Random, whole: float) -> Run | None:
    """Interrupt one change; None where it had ended already."""
    with _Site() as site, site.start() as victim:
        site.wait_until_begun(victim)
        time.sleep(chance.uniform(0.0, whole))
        if victim.poll() is not None:
            return None
        signals = 1
        victim.send_signal(signal.SIGINT)
        if chance.random() < 1 / 3:
            time.sleep(chance.uniform(0.0, 0.3))
            victim.send_signal(signal.SIGINT)
            signals += 1
        began = time.monotonic()
        try:
            out, _ = victim.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            victim.kill()
            return Run(HANGS, HANG_SECONDS)
        seconds = time.monotonic() - began
        return Run(f"{_end(site.bench, out)} ({signals} x Ctrl-C)", seconds)


def _end(bench: Bench, out: bytes) -> str:
    """Look at the router; resume where something is open."""
    touched = bool(bench.job.journal.entries()) or not bench.is_old
    said = json.loads(out)["result"] if out else "nothing yet"
    if touched and not out:
        return "WRONG: no outcome"
    resumed = ""
    if bench.job.journal.entries():
        resumed = f", then {bench.apply(resume_only=True).result}"
    # The next session puts back what the last one had borrowed of the console's settings.
    bench.job.connect().drop()
    bench.job.clock.sleep(3600)
    if not bench.is_old and not bench.is_new:
        return f"WRONG: neither old nor new, said {said}{resumed}"
    return f"{'new' if bench.is_new else 'old'}: said {said}{resumed}"


class _Site:
    """An emulated router and a folder with an inventory that speaks of it."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        # A real process writes real deadlines: the router begins with the machine's time.
        self._lab = Lab(clock=ManualClock(datetime.now(UTC).isoformat()))
        lab = self._lab.__enter__()
        world = World(offer=Offer(settle_seconds=0))
        self.bench = make_bench(lab, folder / "state", world=world)
        text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
        text = text.replace("port: 2830", f"port: {self.bench.router.port}")
        (folder / "inventory.yaml").write_text(text, encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        self._lab.__exit__(None, None, None)
        self._folder.cleanup()

    def wait_until_begun(self, victim: subprocess.Popen[bytes]) -> None:
        """Wait until the process is past its imports and has the router's lock."""
        while not self.bench.job.lock.exists() and victim.poll() is None:
            time.sleep(0.01)

    def start(self) -> subprocess.Popen[bytes]:
        """Start a change of the router."""
        state = self.bench.job.state
        return subprocess.Popen(  # noqa: S603 -- ourselves
            [*COMMAND, "--accept-new-host-key"],
            cwd=state.parent,
            env={**os.environ, "YAMAHA_OPS_STATE": str(state)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )


if __name__ == "__main__":
    sys.exit(main())
