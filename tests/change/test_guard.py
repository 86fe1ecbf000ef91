"""The guard is the best that model and revision offer, or the change is refused."""

from __future__ import annotations

import pytest

from yamaha_ops.change import guard
from yamaha_ops.errors import PlanError


@pytest.mark.parametrize(
    ("model", "revision", "name"),
    [
        ("RTX830", "Rev.15.02.03", "rollback-timer"),
        ("RTX830", "Rev.15.02.33", "rollback-timer"),
        ("RTX1210", "Rev.14.01.26", "rollback-timer"),
        ("RTX1300", "Rev.23.00.04", "rollback-timer"),
        ("NVR510", "Rev.15.01.18", "scheduled-restart"),
    ],
)
def test_the_best_guard_is_chosen(model: str, revision: str, name: str) -> None:
    chosen = guard.choose(model, revision)
    assert chosen.name == name
    assert revision in chosen.reason


def test_a_router_without_a_guard_is_refused_with_the_cure() -> None:
    with pytest.raises(PlanError, match=r"Rev\.15\.02\.01 of the RTX830 has no guard") as refused:
        guard.choose("RTX830", "Rev.15.02.01")
    assert "Rev.15.02.03" in (refused.value.hint or "")


def test_a_guard_that_the_router_cannot_do_is_refused_though_it_was_asked_for() -> None:
    with pytest.raises(PlanError, match="cannot do the guard rollback-timer"):
        guard.choose("NVR510", "Rev.15.01.18", "rollback-timer")


def test_none_is_taken_only_when_asked_for() -> None:
    assert guard.choose("RTX830", "Rev.15.02.01", "none").name == "none"


def test_the_timer_leaves_time_for_commands_and_verification() -> None:
    assert guard.needed_seconds(1, 10) == guard.SHORTEST_SECONDS
    assert guard.needed_seconds(500, 60) >= 500 * guard.SECONDS_PER_COMMAND + 60
