"""`docs/performance.md`, from the results of one run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks._result import Result

_TEMPLATE = Path(__file__).with_name("performance.template.md")

_WHY = {
    "warm probe": "Parsing and the page of metrics, which a bare channel does without.",
    "... where no answer is as before": "Every answer is parsed; a bare channel parses none.",
    "cold probe": "The proof of the first prompt, parsing and the page.",
    "first probe ever": "Nothing is known of the router: every answer is parsed, and behind an "
    "answer that may be long nothing is typed, since the pager would take it for keys. So it takes "
    "ten round trips where a router that is known takes about five, and a bare channel sixteen.",
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
    parts = {
        "the session": spent["... its session alone, CPU"].ours,
        "the page of metrics": spent["... its page alone, CPU"].ours,
    }
    parts["the rest (what has changed is parsed, judged and booked)"] = max(
        0.0, probe.ours - sum(parts.values())
    )
    return {
        "commands": COMMANDS,
        "parts": ", ".join(f"{name} {cost:.1f} ms" for name, cost in parts.items()),
        "parsing": spent["... its parsing alone, CPU"].ours,
        "bare": probe.theirs,
        "alone": spent["... its commands one by one, CPU"].ratio,
        "session": spent["... its session alone, CPU"].ratio,
    }
