"""All benchmarks as one suite: ``python -m benchmarks [NAME ...]`` or ``make bench``.

Each module of :data:`SUITE` has a function ``results()``, and each result compares two costs that
were measured side by side in this run. The table goes to standard output and, after a run of
everything, `benchmarks/results.json` and `docs/performance.md` are written anew.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._machine import described
from benchmarks._page import page
from benchmarks._table import HEAD, line

if TYPE_CHECKING:
    from benchmarks._result import Result

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
HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "performance.md"


def main(names: list[str]) -> int:
    """Run the benchmarks named, or all; return 1 where a wanted ratio is missed."""
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
    if not names:
        data = {"machine": machine, "results": [result.as_json() for result in found]}
        RESULTS.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PAGE.write_text(page(machine, found), encoding="utf-8")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
