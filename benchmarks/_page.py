"""`docs/performance.md`, from the results of one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks._result import Result

_TEMPLATE = Path(__file__).with_name("performance.template.md")

_WHY = {
    "warm probe": "A bare channel believes the first prompt, and neither parses nor writes "
    "metrics. Parsing and the page alone cost about as much again as the channel, and a proved "
    "end costs three packets for one (below), so with all three the limit cannot be reached. "
    "Sending several commands at once would save packets, but a pager could take the letters "
    "of the next command for keys, and an answer must never be short.",
    "cold probe": "The same, plus the proof of the first prompt.",
    "10000 lines": "hier_config compares lines and is fast where few differ; here every line is "
    "understood, which costs the same however little differs.",
}
"""Reasons for what is known to be missed, by how its description begins."""

COMMANDS = 16
"""How many commands the standard module asks of the benchmark's router."""


def page(machine: Mapping[str, str], results: Sequence[Result]) -> str:
    """Return the whole page."""
    missed = [result for result in results if not result.kept]
    return _TEMPLATE.read_text(encoding="utf-8").format(
        machine="".join(f"- {name}: {value}\n" for name, value in machine.items()),
        ratios="".join(_table(results)),
        missed="".join(_missed(missed)) or "Nothing.\n",
        **_times(results),
    )


def _table(results: Iterable[Result]) -> Iterable[str]:
    yield "| | | ours | theirs | | ratio | wanted | |\n|---|---|--:|--:|---|--:|---|---|\n"
    for each in results:
        verdict = "" if each.limit is None else "kept" if each.kept else "**missed**"
        yield (
            f"| {each.area} | {each.what} | {each.ours:.3g} | {each.theirs:.3g} | {each.unit} "
            f"| {each.ratio:.2f} | {each.wanted} | {verdict} |\n"
        )


def _missed(missed: Iterable[Result]) -> list[str]:
    found = []
    for each in missed:
        why = next(
            (why for start, why in _WHY.items() if each.what.startswith(start)),
            "Not explained yet.",
        )
        found.append(f"- **{each.what}: {each.ratio:.2f}, wanted {each.wanted}.** {why}\n")
    return found


def _times(results: Iterable[Result]) -> dict[str, object]:
    spent = {each.what: each for each in results if each.area == "probe"}
    probe = spent["warm probe / bare paramiko, CPU"]
    proving = spent["... bare paramiko that enters our empty lines, CPU"]
    parts = {
        "the session": spent["... its session alone, CPU"].ours,
        "parsing": spent["... its parsing alone, CPU"].ours,
        "the page of metrics": spent["... its page alone, CPU"].ours,
    }
    parts["the rest (bookkeeping, and caches that the parts alone find warm)"] = max(
        0.0, probe.ours - sum(parts.values())
    )
    return {
        "commands": COMMANDS,
        "parts": ", ".join(f"{name} {cost:.1f} ms" for name, cost in parts.items()),
        "packet": (proving.ours - proving.theirs) / (2 * COMMANDS) * 1e3,
        "proving": proving.ratio,
    }
