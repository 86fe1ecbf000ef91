"""Who does not answer is asked less and less often."""

from __future__ import annotations

import pytest

from yamaha_ops.fleet import Backoff, Breaker


class _Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_pauses_grow_to_the_longest_and_one_success_ends_them() -> None:
    time = _Time()
    breaker = Breaker(Backoff(failures=3, first=10, longest=60, jitter=0), time, lambda: 0.5)
    pauses = []
    for _ in range(8):
        breaker.failed()
        pauses.append(breaker.pause)
        time.now += breaker.pause
        assert breaker.pause == 0
    assert pauses == [0, 0, 10, 20, 40, 60, 60, 60]
    breaker.failed()
    breaker.succeeded()
    assert (breaker.pause, breaker.failures) == (0, 0)


@pytest.mark.parametrize(("chance", "pause"), [(0.0, 8), (0.5, 10), (1.0, 12)])
def test_jitter_keeps_routers_out_of_step(chance: float, pause: float) -> None:
    breaker = Breaker(Backoff(failures=1, first=10, jitter=0.2), _Time(), lambda: chance)
    breaker.failed()
    assert breaker.pause == pytest.approx(pause)


def test_days_of_failures_do_not_overflow() -> None:
    assert Backoff().seconds(10**9, 0.5) == Backoff().longest
