"""Results as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks._result import Result


def line(result: Result) -> str:
    """Return one result as a line of the table."""
    verdict = "  " if result.limit is None else "ok" if result.kept else "NO"
    return (
        f"{verdict} {result.area:13}{result.what:58}{result.ours:11.3f}{result.theirs:11.3f} "
        f"{result.unit:8}{result.ratio:8.2f}  {result.wanted}"
    )


HEAD = f"   {'':13}{'':58}{'ours':>11}{'theirs':>11} {'unit':8}{'ratio':>8}  wanted"


def shown(results: Iterable[Result]) -> int:
    """Print results as they come; return 1 where one misses what is wanted, else 0."""
    print(HEAD)
    missed = 0
    for result in results:
        missed += not result.kept
        print(line(result), flush=True)
    return int(missed > 0)
