"""``mape calc - --json`` over a million lines: time a line, and memory that does not grow.

Run it from the project's root: ``python -m benchmarks.mape_stream``.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter

from benchmarks.mape_answer import addresses

PROGRAM = str(Path(sys.executable).with_name("yamaha-ops"))
PEAK = (
    "import resource,subprocess,sys;"
    "subprocess.run(sys.argv[1:],stdout=subprocess.DEVNULL,check=True);"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
GROWTH_LIMIT = 1.1


def run(lines: int, texts: list[str]) -> tuple[float, int]:
    """Return seconds and peak memory (KiB) of one run."""
    command = [sys.executable, "-c", PEAK, PROGRAM, "mape", "calc", "-", "--json"]
    start = perf_counter()
    with subprocess.Popen(  # noqa: S603 -- our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.writelines(f"{text}\n" for text in islice(cycle(texts), lines))
        process.stdin.close()
        peak = int(process.stdout.read())
    return perf_counter() - start, peak


def main(lines: int = 1_000_000) -> int:
    texts = addresses(seed=1)
    _, small = run(lines // 100, texts)
    seconds, large = run(lines, texts)
    print(f"     {lines:,} lines in {seconds:.1f} s, {seconds / lines * 1e6:.1f} microseconds each")
    grown = large / small
    kept = grown <= GROWTH_LIMIT
    print(
        f"{'ok  ' if kept else 'GROWS'} peak memory {small:,} -> {large:,} KiB for 100 times more"
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
