"""Every step of an apply, every fault: the old or the wanted state, and the tool says which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.change.trials import Trial, trials

if TYPE_CHECKING:
    from tests.change.conftest import MakeBench


@pytest.mark.parametrize(
    ("guard", "step", "moment", "fault"),
    [
        (guard, step, "after" if after else "before", fault)
        for guard, step, after, fault in sorted(trials(whole=False))
    ],
)
def test_the_router_ends_old_or_new(
    make_bench: MakeBench, guard: str, step: str, moment: str, fault: str
) -> None:
    bench = make_bench(timeout=2.0, guard=guard, sftp=guard == "load")
    Trial(bench, step, fault, after=moment == "after").run()
