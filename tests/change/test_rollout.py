"""A rollout begins small, stops on failure, and can be taken up again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.rollout import Rollout, roll_out

if TYPE_CHECKING:
    from tests.change.bench import Bench
    from tests.change.conftest import MakeBench
    from yamaha_ops.change.event import Event

pytestmark = pytest.mark.timeout(300)
"""Several whole changes each, which take their time where many tests run at once."""


def _benches(make_bench: MakeBench, number: int) -> list[Bench]:
    return [make_bench(called=f"r{index}") for index in range(number)]


def _roll_out(benches: list[Bench], sizes: str, max_failures: int = 1) -> list[Outcome]:
    with ThreadPoolExecutor(2) as executor:
        return list(
            roll_out(
                benches,
                lambda bench: bench.apply(),
                Rollout(sizes, max_failures, at_once=2),
                executor=executor,
            )
        )


def test_every_router_of_every_wave_comes_up(make_bench: MakeBench) -> None:
    benches = _benches(make_bench, 4)
    outcomes = _roll_out(benches, "1,2")
    assert next(outcome.router for outcome in outcomes) == "r0"
    assert sorted(outcome.router for outcome in outcomes) == ["r0", "r1", "r2", "r3"]
    assert {outcome.result for outcome in outcomes} == {Result.CHANGED}
    assert all(bench.is_new for bench in benches)


def test_a_canary_that_fails_keeps_the_others_as_they_are(make_bench: MakeBench) -> None:
    canary, *others = _benches(make_bench, 4)
    canary.router.change_prefix(None)
    outcomes = _roll_out([canary, *others], "1,3")
    results = {outcome.router: outcome.result for outcome in outcomes}
    assert results.pop("r0") == Result.TAKEN_BACK
    assert set(results.values()) == {Result.SKIPPED}
    assert all(bench.is_old for bench in (canary, *others))

    canary.router.change_prefix("240b:10:0:3100::/64")
    outcomes = _roll_out([canary, *others], "1,3")
    assert {outcome.result for outcome in outcomes} == {Result.CHANGED}


def test_so_many_failures_as_allowed_do_not_stop_the_rest(make_bench: MakeBench) -> None:
    benches = _benches(make_bench, 3)
    benches[0].router.change_prefix(None)
    dead = replace(benches[1], job=replace(benches[1].job, guard="scheduled-restart"))
    outcomes = _roll_out([benches[0], dead, benches[2]], "1", max_failures=2)
    results = {outcome.router: outcome.result for outcome in outcomes}
    assert results == {"r0": Result.TAKEN_BACK, "r1": Result.CHANGED, "r2": Result.CHANGED}


def test_a_rollout_that_died_is_taken_up_again(make_bench: MakeBench) -> None:
    done, open_, waiting = _benches(make_bench, 3)
    assert done.apply().result == Result.CHANGED

    def die(event: Event) -> None:
        if event.text == "sending" and event.done == 7:
            raise MemoryError

    with pytest.raises(MemoryError):
        open_.with_(report=die).apply()
    assert open_.job.journal.entries()
    results = {each.router: each.result for each in _roll_out([done, open_, waiting], "1")}
    assert results == {"r0": Result.UNCHANGED, "r1": Result.CHANGED, "r2": Result.CHANGED}
    assert all(bench.is_new for bench in (done, open_, waiting))
