"""Run every trial of `tests/change/trials.py` and write the table in docs/reliability.md.

python -m benchmarks.faults [--write]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

from rich.progress import track

from tests.change.bench import ENVIRONMENT, make_bench
from tests.change.trials import FAULTS, IMPATIENT, STEPS, TRIALS_OF_STEP, Trial
from yamaha_ops.lab import Lab, ManualClock
from yamaha_ops.router import shell

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"
BEGIN, END = "<!-- table: make bench-faults -->\n", "<!-- end of table -->\n"


def main() -> int:
    """Print the table; with ``--write`` keep it in the documentation. Fail on any other end."""
    table: dict[tuple[str, str], list[str]] = {}
    trials = [
        (step, fault, after)
        for step, moments in TRIALS_OF_STEP.items()
        for fault in FAULTS
        for after in moments
    ]
    with Lab(clock=ManualClock()) as lab, ExitStack() as patches:
        for name, seconds in IMPATIENT.items():
            patches.enter_context(mock.patch.object(shell, name, seconds))
        for step, fault, after in track(trials, "trials"):
            table.setdefault((step, fault), []).append(_end(lab, step, fault, after=after))
    text = _markdown(table)
    sys.stdout.write(text)
    if "--write" in sys.argv:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        tail = rest.partition(END)[2]
        PAGE.write_text(head + BEGIN + text + END + tail, encoding="utf-8")
    return int(any(end not in {"old", "new"} for ends in table.values() for end in ends))


def _end(lab: Lab, step: str, fault: str, *, after: bool) -> str:
    with tempfile.TemporaryDirectory() as state, mock.patch.dict(os.environ, ENVIRONMENT):
        bench = make_bench(lab, Path(state), timeout=2.0)
        try:
            return Trial(bench, step, fault, after=after).run()
        except AssertionError as wrong:
            return f"WRONG ({wrong})"
        finally:
            bench.router.stop()


def _markdown(table: dict[tuple[str, str], list[str]]) -> str:
    counts = Counter(end for ends in table.values() for end in ends)
    lines = [
        f"{sum(counts.values())} trials: "
        + ", ".join(f"{number} ended {end}" for end, number in sorted(counts.items()))
        + ".",
        "",
        "| step | " + " | ".join(FAULTS) + " |",
        "|---" * (len(FAULTS) + 1) + "|",
    ]
    for step in STEPS:
        cells = (" / ".join(table[step, fault]) for fault in FAULTS)
        lines.append(f"| {step} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
