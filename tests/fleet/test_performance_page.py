"""docs/performance.md is what the last run of the benchmarks found, word by word."""

from __future__ import annotations

import json

from benchmarks.__main__ import PAGE, RESULTS
from benchmarks._page import page
from benchmarks._result import Result


def test_the_page_is_generated_from_the_results() -> None:
    data = json.loads(RESULTS.read_text(encoding="utf-8"))
    results = [Result.from_json(each) for each in data["results"]]
    assert PAGE.read_text(encoding="utf-8") == page(data["machine"], results)
    assert [each.as_json() for each in results] == data["results"]


def test_a_ratio_is_kept_on_its_own_side() -> None:
    slower = Result("area", "ours / theirs", ours=3.0, theirs=2.0, unit="ms", limit=1.5)
    assert (slower.ratio, slower.kept, slower.wanted) == (1.5, True, "at most 1.5")
    faster = Result("area", "times faster", 1.0, 4.9, "ms", limit=5, faster=True)
    assert (faster.ratio, faster.kept, faster.wanted) == (4.9, False, "at least 5")
