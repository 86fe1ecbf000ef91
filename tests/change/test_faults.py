"""Every step of an apply, every fault: the old or the wanted state, and the tool says which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.change.trials import FAULTS, IMPATIENT, TRIALS_OF_STEP, Trial
from yamaha_ops.router import shell

if TYPE_CHECKING:
    from tests.change.conftest import MakeBench


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("step", "moment"),
    [
        (step, "after" if after else "before")
        for step, moments in TRIALS_OF_STEP.items()
        for after in moments
    ],
)
def test_the_router_ends_old_or_new(
    make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch, step: str, fault: str, moment: str
) -> None:
    for name in IMPATIENT:
        monkeypatch.setattr(shell, name, IMPATIENT[name])
    bench = make_bench(timeout=2.0)
    Trial(bench, step, fault, after=moment == "after").run()
