"""The guard's time never runs out unnoticed, whenever it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from yamaha_ops.change.outcome import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.change.bench import Bench
    from tests.change.conftest import MakeBench
    from yamaha_ops.router import Session

LONGER_THAN_THE_GUARD = 215.0
"""The guard waits 210 s for this change; consoles are logged out after 300."""


class Slow:
    """A session on which one operation takes its time."""

    def __init__(self, session: Session, operation: str, wait: Callable[[], None]) -> None:
        self._session = session
        self._operation = operation
        self._wait = wait

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._session, name)
        if name != self._operation.partition(" ")[0]:
            return value

        def act(*words: Any, **options: Any) -> Any:
            if " ".join((name, *map(str, words))).startswith(self._operation):
                self._wait()
            return value(*words, **options)

        return act


def _slow(bench: Bench, operation: str, seconds: float, *, times: int = 1) -> Bench:
    left = [seconds] * times
    connect = bench.job.connect

    def wait() -> None:
        if left:
            bench.job.clock.sleep(left.pop())

    return bench.with_(connect=lambda: Slow(connect(), operation, wait))


@pytest.mark.parametrize(
    "operation",
    [
        "send ip route default",
        "run show nat descriptor address",
        "keep_alive",
        "send confirm",
    ],
)
@pytest.mark.parametrize("guard", ["rollback-timer", "load"])
def test_a_guard_that_has_fired_is_noticed(
    make_bench: MakeBench, guard: str, operation: str
) -> None:
    if guard == "load":
        operation = operation.replace("send ip route default", "run show environment")
    bench = make_bench(guard=guard, sftp=guard == "load")
    outcome = _slow(bench, operation, LONGER_THAN_THE_GUARD).apply()
    bench.job.clock.sleep(3600)
    if bench.is_new:
        # What was slow came before the guard was armed.
        assert outcome.result == Result.CHANGED
        assert (guard, operation) == ("load", "run show environment")
        return
    assert bench.is_old
    assert outcome.result in {Result.FAILED, Result.TAKEN_BACK}
    assert not bench.job.journal.entries()


def test_a_guard_that_fires_while_the_change_is_undone_does_no_harm(
    make_bench: MakeBench,
) -> None:
    bench = make_bench(guard="rollback-timer")
    bench.router.change_prefix(None)
    outcome = _slow(bench, "send no ip route default", LONGER_THAN_THE_GUARD).apply()
    bench.job.clock.sleep(3600)
    assert bench.is_old
    assert outcome.result in {Result.FAILED, Result.TAKEN_BACK}


def test_what_is_sent_too_slowly_is_taken_back_while_there_is_time(make_bench: MakeBench) -> None:
    """A timer cannot be armed anew in the middle of a change: it would forget the way back."""
    bench = make_bench(guard="rollback-timer")
    outcome = _slow(bench, "send ip filter", 51.0, times=4).apply()
    assert outcome.result == Result.TAKEN_BACK
    assert "it took so long that the router would go back" in outcome.reason
    assert bench.said.count("rollback-timer armed") == 1
    assert bench.is_old


def test_a_verification_never_outlasts_the_guard(make_bench: MakeBench) -> None:
    """A line that never comes up, and a guard of which little is left."""
    bench = make_bench(guard="rollback-timer")
    bench.router.change_prefix(None)
    outcome = _slow(bench, "send ip filter", 45.0, times=4).apply()
    assert outcome.result == Result.TAKEN_BACK
    assert bench.is_old
    assert "taken back: " in bench.said


def test_a_restart_is_scheduled_anew_where_its_time_would_not_do(make_bench: MakeBench) -> None:
    bench = make_bench(guard="scheduled-restart")
    outcome = _slow(bench, "send ip filter", 45.0, times=4).apply()
    assert outcome.result == Result.CHANGED
    assert "scheduled-restart armed anew: 210 s" in bench.said
    bench.job.clock.sleep(3600)
    assert bench.is_new
