"""Compare costs inside one run, so that the machine and its mood cancel out."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def interleaved(
    work: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 1
) -> dict[str, float]:
    """Return the median seconds of each piece of work, all of them run in turn every round."""
    for _ in range(warm_up):
        for run in work.values():
            run()
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            start = perf_counter()
            run()
            seconds[name].append(perf_counter() - start)
    return {name: median(times) for name, times in seconds.items()}


def verdict(what: str, ratio: float, limit: float) -> bool:
    """Print one line about a ratio and say whether it is within its limit."""
    kept = ratio <= limit
    print(f"{'ok  ' if kept else 'SLOW'} {what}: {ratio:.2f} (limit {limit:g})")
    return kept


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of this process's CPU, all threads together, and seconds on the clock."""

    cpu: float
    wall: float


def costs(
    work: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 1
) -> dict[str, Cost]:
    """Return the median cost of each piece of work, all of them run in turn every round."""
    for _ in range(warm_up):
        for run in work.values():
            run()
    found: dict[str, list[Cost]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            cpu, wall = process_time(), perf_counter()
            run()
            found[name].append(Cost(process_time() - cpu, perf_counter() - wall))
    return {
        name: Cost(median(each.cpu for each in given), median(each.wall for each in given))
        for name, given in found.items()
    }
