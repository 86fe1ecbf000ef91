"""A round is spread over its interval, in the same order every time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yamaha_ops.fleet.spread import Spread, phase

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = [f"router{number}" for number in range(1000)]


class _Time:
    def __init__(self, now: float = 1_790_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def _spread(time: _Time, names: Sequence[str] = NAMES, every: float = 60.0) -> Spread:
    spread = Spread(every, time)
    spread.members(names)
    return spread


def test_every_second_of_a_minute_has_its_share() -> None:
    time = _Time()
    spread = _spread(time)
    shares = []
    for _ in range(60):
        time.now += 1
        shares.append(len(spread.due()))
    assert sum(shares) == 1000
    assert max(shares) < 40


def test_a_router_keeps_its_turn_over_rounds_restarts_and_neighbours() -> None:
    time = _Time()
    turns: dict[str, set[int]] = {name: set() for name in NAMES}
    for names in (NAMES, NAMES[500:], [*NAMES, "new"]):
        spread = _spread(time, names)
        for second in range(120):
            time.now += 1
            for name in spread.due():
                turns.get(name, set()).add(second % 60)
    assert {len(seconds) for seconds in turns.values()} == {1}
    assert turns["router7"] == {int(phase("router7") * 60 - 1_790_000_000 % 60) % 60}


def test_the_pause_ends_where_the_next_turn_begins() -> None:
    time = _Time()
    spread = _spread(time, NAMES[:20])
    found: list[str] = []
    for _ in range(20):
        spread.due()
        time.now += spread.pause + 1e-6
        found += spread.due()
    assert Counter(found) == Counter(NAMES[:20])


def test_after_a_long_sleep_everybody_has_a_turn_once() -> None:
    time = _Time()
    spread = _spread(time)
    time.now += 10_000
    assert sorted(spread.due()) == sorted(NAMES)
    assert spread.due() == []


def test_a_clock_that_is_put_back_gives_nobody_a_turn_at_once() -> None:
    time = _Time()
    spread = _spread(time)
    time.now -= 3600
    assert spread.due() == []
    time.now += 60
    assert sorted(spread.due()) == sorted(NAMES)


def test_without_members_a_round_is_waited_for() -> None:
    assert _spread(_Time(), []).pause == pytest.approx(60)


@given(steps=st.lists(st.floats(0.0, 59.9), min_size=1, max_size=60))
def test_nobody_is_left_out_and_nobody_comes_twice_in_a_round(steps: list[float]) -> None:
    time = _Time(0.0)
    names = NAMES[:7]
    spread = _spread(time, names)
    found: Counter[str] = Counter()
    for step in steps:
        time.now += step
        due = spread.due()
        assert len(due) == len(set(due))
        found.update(due)
    rounds = int(time.now // 60)
    assert {found[name] for name in names} <= {rounds, rounds + 1}
