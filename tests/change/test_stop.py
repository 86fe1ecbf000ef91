"""A wish to stop is heard between two operations, and what follows is a safe end."""

from __future__ import annotations

from threading import Event as Wish
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.change.event import Event, Kind
from yamaha_ops.change.journal import Step, journal_of
from yamaha_ops.change.loading import PLACE, Load
from yamaha_ops.change.outcome import Result
from yamaha_ops.change.recovery import left_behind
from yamaha_ops.change.stop import Stop
from yamaha_ops.errors import ApplyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.change.bench import Bench
    from tests.change.conftest import MakeBench
    from yamaha_ops.router import Session


def _stopped_at(bench: Bench, moment: Callable[[Event], bool]) -> Bench:
    """Wish to stop when something happens."""
    wish = Wish()
    tell = bench.job.report

    def report(event: Event) -> None:
        tell(event)
        if moment(event):
            wish.set()

    return bench.with_(report=report, stop=Stop(wish))


def _says(text: str) -> Callable[[Event], bool]:
    return lambda event: event.text.startswith(text)


@pytest.mark.parametrize("guard", ["rollback-timer", "load"])
@pytest.mark.parametrize(
    "moment",
    [
        _says("rollback-timer armed"),
        lambda event: event.kind is Kind.PROGRESS and event.done == 7,
        _says("reachable on a new connection"),
        _says("verifying"),
        _says("ports"),
    ],
    ids=["armed", "sending", "reading back", "verifying", "verified"],
)
def test_what_is_not_confirmed_is_taken_back(
    make_bench: MakeBench, guard: str, moment: Callable[[Event], bool]
) -> None:
    bench = _stopped_at(make_bench(guard=guard, sftp=guard == "load"), moment)
    outcome = bench.apply()
    if bench.is_new:
        assert guard == "load", "it arms, sends and counts otherwise"
        assert outcome.result == Result.CHANGED
        return
    assert (outcome.result, outcome.reason) == (Result.FAILED, "interrupted")
    assert bench.is_old
    assert "taken back: " in bench.said
    assert not bench.job.journal.entries()


def test_before_the_file_of_a_guard_is_loaded_it_is_taken_away_again(
    make_bench: MakeBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = Wish()
    bench = make_bench(guard="load", sftp=True).with_(stop=Stop(wish))
    prepare = Load.prepare

    def stopped_meanwhile(guard: Load, session: Session) -> None:
        prepare(guard, session)
        assert _lies_there(bench)
        wish.set()

    monkeypatch.setattr(Load, "prepare", stopped_meanwhile)
    outcome = bench.apply()
    assert (outcome.result, outcome.reason) == (Result.FAILED, "interrupted")
    assert bench.is_old
    assert not _lies_there(bench), "it holds secrets"
    assert not bench.job.journal.entries()


def _lies_there(bench: Bench) -> bool:
    return PLACE in bench.router.do(lambda device: dict(device.rtfs.files))


@pytest.mark.parametrize(
    ("reached", "said"),
    [
        (Step.SENT, "the router goes back by itself within 90 s"),
        (Step.CONFIRMING, "the router may have confirmed the change"),
        (Step.CONFIRMED, "the change is confirmed and may not be saved yet"),
    ],
)
def test_what_is_left_at_once_is_told_as_far_as_it_is_known(
    tmp_path: Path, reached: Step, said: str
) -> None:
    journal = journal_of(tmp_path, "home")
    journal.write(Step.PLANNED, 0.0)
    journal.write(Step.ARMING, 10.0, guard="rollback-timer", identity=0, deadline=110.0)
    journal.write(reached, 15.0)
    outcome = left_behind("home", journal, 20.0)
    assert outcome.result is Result.UNKNOWN
    assert said in outcome.reason


@pytest.mark.parametrize(
    ("ended", "left"),
    [
        (Result.CHANGED, Result.INCOMPLETE),
        (Result.TAKEN_BACK, Result.TAKEN_BACK),
        (Result.FAILED, Result.FAILED),
    ],
)
def test_what_has_ended_is_not_called_unsent_where_it_is_left_at_once(
    tmp_path: Path, ended: Result, left: Result
) -> None:
    journal = journal_of(tmp_path, "home")
    journal.write(Step.PLANNED, 20.0)
    journal.write(Step.DONE, 30.0, result=ended, reason="as it ended")
    assert left_behind("home", journal, 30.0).result is left, "not put away yet"
    journal.close(30.0, result=ended, reason="as it ended")
    outcome = left_behind("home", journal, 40.0, began=10.0)
    assert outcome.result is left
    assert outcome.reason.startswith("as it ended")
    earlier = left_behind("home", journal, 60.0)
    assert earlier == left_behind("home", journal, 60.0, began=50.0)
    assert (earlier.result, earlier.reason) == (
        Result.FAILED,
        "interrupted: nothing of the change was sent",
    )


def test_what_is_confirmed_is_saved(make_bench: MakeBench) -> None:
    bench = _stopped_at(make_bench(), _says("confirmed"))
    assert bench.apply().result == Result.CHANGED
    assert bench.is_new


def test_nothing_is_begun_after_it(make_bench: MakeBench) -> None:
    bench = make_bench()
    wish = Wish()
    wish.set()
    with pytest.raises(ApplyError, match="interrupted"):
        bench.with_(stop=Stop(wish)).apply()
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_a_router_that_is_not_ready_in_time_is_left_alone(make_bench: MakeBench) -> None:
    bench = make_bench()
    with pytest.raises(ApplyError, match="it took too long to get ready"):
        bench.with_(begin_by=bench.job.clock.now() - 1).apply()
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_waiting_for_a_guard_can_be_stopped_and_taken_up_again(make_bench: MakeBench) -> None:
    bench = make_bench()

    def cut(event: Event) -> bool:
        if event.kind is Kind.PROGRESS and event.done == 7:
            bench.router.faults.cut_after_bytes = 0
        if event.text.startswith("looking again"):
            bench.router.faults.clear()
        return event.text == "waiting for the guard" and event.done > 10

    outcome = _stopped_at(bench, cut).apply()
    assert outcome.result == Result.UNKNOWN
    assert "interrupted" in outcome.reason
    assert bench.job.journal.entries()
    assert bench.apply(resume_only=True).result in {Result.FAILED, Result.TAKEN_BACK}
    assert bench.is_old


def test_a_wish_is_heard_once() -> None:
    wish = Wish()
    naps: list[float] = []
    stop = Stop(wish)
    stop.check("home")
    wish.set()
    stop.sleep(3600.0, naps.append)
    with pytest.raises(ApplyError):
        stop.check("home")
    stop.check("home")
    stop.sleep(5.0, naps.append)
    assert naps == [5.0]


def test_two_changes_hear_the_same_wish() -> None:
    wish = Wish()
    stops = [Stop(wish), Stop(wish)]
    wish.set()
    for stop in stops:
        with pytest.raises(ApplyError):
            stop.check("home")
