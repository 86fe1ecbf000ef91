"""Run every trial of `tests/change/trials.py` and write the tables in docs/reliability.md.

python -m benchmarks.faults [--write]
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from unittest import mock

from rich.progress import track

from tests.change.bench import ENVIRONMENT, make_bench
from tests.change.trials import FAULTS, STEPS, Trial, trials
from yamaha_ops.lab import Lab, ManualClock

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"
Ends = dict[tuple[str, str, str], list[str]]
"""By guard, step and fault: how the trials before and after the step ended."""

BEGIN, END = "<!-- table: make bench-faults -->\n", "<!-- end of table -->\n"


def main() -> int:
    """Print the tables; with ``--write`` keep them in the documentation. Fail on any other end."""
    ends: Ends = {}
    with Lab(clock=ManualClock()) as lab:
        for guard, step, after, fault in track(list(trials()), "trials"):
            end = _end(lab, guard, step, fault, after=after)
            ends.setdefault((guard, step, fault), []).append(end)
    text = _markdown(ends)
    sys.stdout.write(text)
    if "--write" in sys.argv:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        tail = rest.partition(END)[2]
        PAGE.write_text(head + BEGIN + text + END + tail, encoding="utf-8")
    return int(any(end not in {"old", "new"} for each in ends.values() for end in each))


def _end(lab: Lab, guard: str, step: str, fault: str, *, after: bool) -> str:
    with tempfile.TemporaryDirectory() as state, mock.patch.dict(os.environ, ENVIRONMENT):
        bench = make_bench(lab, Path(state), timeout=2.0, guard=guard, sftp=guard == "load")
        try:
            return Trial(bench, step, fault, after=after).run()
        except AssertionError as wrong:
            return f"WRONG ({wrong})"
        finally:
            bench.router.stop()


def _markdown(ends: Ends) -> str:
    counts = Counter(end for each in ends.values() for end in each)
    lines = [
        f"{sum(counts.values())} trials: "
        + ", ".join(f"{number} ended {end}" for end, number in sorted(counts.items()))
        + ".",
    ]
    for guard, steps in STEPS.items():
        lines += [
            "",
            f"| guard `{guard}` | " + " | ".join(FAULTS) + " |",
            "|---" * (len(FAULTS) + 1) + "|",
        ]
        for step in steps:
            cells = (" / ".join(ends[guard, step, fault]) for fault in FAULTS)
            lines.append(f"| {step} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
