"""Parsing and comparing two large configurations, against hier_config's generic driver.

``python -m benchmarks.difference``; `config_speed.py` has the texts and more figures.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import config_speed as texts
from benchmarks._result import Result
from benchmarks._table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator


def results() -> Iterator[Result]:
    """Measure two texts of which a half and a tenth differs, and growth when they double."""

    def pair(lines: int, every: int) -> tuple[str, str]:
        first, second = (
            texts.configuration(lines, variant=variant, every=every) for variant in (1, 2)
        )
        return first, second

    small, large = pair(texts.LINES, 2), pair(2 * texts.LINES, 2)
    texts.ours(*pair(200, 2))  # the table is read once
    for share in ("half", "a tenth"):
        given = pair(texts.LINES, texts.SHARES[share])
        ours, theirs = (
            texts.best(lambda work=work, given=given: work(*given))  # type: ignore[misc]
            for work in (texts.ours, texts.theirs)
        )
        yield Result(
            "difference",
            f"{texts.LINES} lines twice, {share} differs: times faster than hier_config",
            ours * 1e3,
            theirs * 1e3,
            "ms",
            texts.TIMES_FASTER,
            faster=True,
        )
    once, twice = (texts.best(lambda given=given: texts.ours(*given)) for given in (small, large))  # type: ignore[misc]
    yield Result(
        "difference", "twice the lines / once", twice * 1e3, once * 1e3, "ms", texts.LARGEST_GROWTH
    )


if __name__ == "__main__":
    sys.exit(shown(results()))
