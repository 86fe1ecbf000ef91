"""All benchmarks as one suite: ``python -m benchmarks [--renew] [NAME ...]`` or ``make bench``.

Each module of :data:`SUITE` has a function ``results()``, and each result compares two costs that
were measured side by side in this run. The table goes to standard output and, after a run of
everything, `benchmarks/results.json` and `docs/performance.md` are written anew. With ``--renew``
they are after a run of some too: the results of the others are kept, and the page says so.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

from benchmarks._machine import described
from benchmarks._page import page
from benchmarks._result import Result
from benchmarks._table import HEAD, line

SUITE = (
    "router_session",
    "exporter_probe",
    "fleet_scale",
    "soak",
    "status_parsing",
    "difference",
    "mape_answer",
    "exporter_exposition",
    "cli_start",
)
RENEW = "--renew"
HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "performance.md"


def main(arguments: list[str]) -> int:
    """Run the benchmarks named, or all; return 1 where a wanted ratio is missed."""
    names = [each for each in arguments if each != RENEW]
    machine = described()
    print(*(f"{name}: {value}" for name, value in machine.items()), sep="\n")
    print(HEAD)
    found: list[Result] = []
    for name in names or SUITE:
        for result in import_module(f"benchmarks.{name}").results():
            found.append(result)
            print(line(result), flush=True)
    missed = [result for result in found if not result.kept]
    print(f"{len(missed)} of {sum(r.limit is not None for r in found)} wanted ratios are missed")
    if names and RENEW in arguments:
        machine, found = _with_others(machine, found)
    if not names or RENEW in arguments:
        data = {"machine": machine, "results": [result.as_json() for result in found]}
        RESULTS.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PAGE.write_text(page(machine, found), encoding="utf-8")
    return int(bool(missed))


def _with_others(
    machine: dict[str, str], found: list[Result]
) -> tuple[dict[str, str], list[Result]]:
    """Add the results of the last run for what was not measured now, in their old order."""
    last = json.loads(RESULTS.read_text(encoding="utf-8"))
    new: dict[str, list[Result]] = {}
    for result in found:
        new.setdefault(result.area, []).append(result)
    merged: list[Result] = []
    kept: dict[str, None] = {}
    for old in map(Result.from_json, last["results"]):
        if old.area in new:
            merged += new[old.area]
            new[old.area] = []
        elif old.area not in {result.area for result in found}:
            merged.append(old)
            kept[old.area] = None
    merged += [result for rest in new.values() for result in rest]
    told = last["machine"]
    note = (
        f"{', '.join(kept)}: of an earlier run, {told['date']}, load {told['load when it began']}"
    )
    return {**machine, "not measured anew": note}, merged


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
