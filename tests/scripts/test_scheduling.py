"""Schedules and variables: a wanted configuration, applied under the guard."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.scripts.place import RESIDENT
from yamaha_ops.change.job import Job
from yamaha_ops.change.outcome import Result
from yamaha_ops.config import Configuration, difference
from yamaha_ops.errors import InputError, PlanError
from yamaha_ops.scripts.scheduling import Wish, schedule, schedules, wanted

if TYPE_CHECKING:
    from tests.scripts.place import Site
    from yamaha_ops.change.plan import Plan

RUNNING = Configuration.parse(
    "ip lan1 address 192.168.100.1/24\n"
    "schedule at 1 */* 00:00:00 * ntpdate ntp.example.jp syslog\n"
    "schedule at 10 startup * lua /lua/other.lua\n"
    "set OTHER=1\n"
)
SECRET = "https://hook.example/planted-hook-55"


def commands(wish: Wish, running: Configuration = RUNNING) -> list[str]:
    return [command.line for command in difference(running, wanted(running, wish)).commands]


def test_the_first_free_number_is_taken() -> None:
    assert commands(Wish("/lua/x.lua")) == ["schedule at 11 startup * lua /lua/x.lua"]


def test_a_script_that_has_a_schedule_keeps_its_number() -> None:
    assert commands(Wish("/lua/other.lua", "*/mon 03:00:00")) == [
        "schedule at 10 */mon 03:00:00 * lua /lua/other.lua"
    ]


def test_the_same_wish_twice_asks_for_nothing() -> None:
    wish = Wish("/lua/x.lua", variables={"X": "1"})
    assert commands(wish, wanted(RUNNING, wish)) == []


def test_variables_come_with_it_and_go_with_it() -> None:
    there = wanted(RUNNING, Wish("/lua/x.lua", variables={"A": "1", "B": 'a "b"', "C": "x y"}))
    assert {line for line in there.text.splitlines() if line.startswith("set ")} >= {"set A=1"}
    gone = Wish("/lua/x.lua", None, variables={"A": None, "B": None, "C": None})
    assert wanted(there, gone).digest == RUNNING.digest


def test_arguments_and_numbers_can_be_given() -> None:
    assert commands(Wish("/lua/x.lua", "+15", "a b", number=99)) == [
        "schedule at 99 +15 * lua /lua/x.lua a b"
    ]


def test_a_number_that_somebody_else_has_is_refused() -> None:
    with pytest.raises(InputError, match="schedule 1 is taken"):
        wanted(RUNNING, Wish("/lua/x.lua", number=1))


def test_several_schedules_of_one_script_need_a_number() -> None:
    twice = wanted(RUNNING, Wish("/lua/other.lua", "12:00", number=12))
    assert schedules(twice, "/lua/other.lua").keys() == {10, 12}
    with pytest.raises(InputError, match="2 schedules: 10, 12"):
        wanted(twice, Wish("/lua/other.lua"))
    assert commands(Wish("/lua/other.lua", None, number=12), twice) == ["no schedule at 12"]


@pytest.mark.parametrize("at", ["soon", "+0", "+3601", "startup; save", "3", "03:00 x", "+"])
def test_what_is_no_time_is_refused(at: str) -> None:
    with pytest.raises(InputError):
        Wish("/lua/x.lua", at)


@pytest.mark.parametrize("name", ["1A", "A B", "A=B", "", "あ"])
def test_what_is_no_name_of_a_variable_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        Wish("/lua/x.lua", variables={name: "1"})


def job(site: Site) -> Job:
    return Job(
        router="home",
        wanted=Configuration.parse(""),
        connect=site.session,
        state=site.state,
        clock=site.clock,
        report=site.events.append,
    )


def test_a_schedule_is_applied_guarded_and_saved(site: Site) -> None:
    wish = Wish("/lua/watch.lua", variables={"NOTIFY_URL": SECRET})
    seen: list[object] = []

    def approve(plan: Plan) -> bool:
        seen.append(plan.as_json())
        return True

    outcome = schedule(job(site), wish, approve)
    assert outcome.result == Result.CHANGED, outcome.reason
    for text in (site.router.running.text, site.router.saved.text if site.router.saved else ""):
        assert "schedule at 10 startup * lua /lua/watch.lua" in text
        assert f"set NOTIFY_URL={SECRET}" in text
    assert "planted" not in str(seen) + site.said
    assert schedule(job(site), wish, lambda _: False).result == Result.UNCHANGED
    schedule(job(site), Wish("/lua/watch.lua", None), lambda _: True)
    assert "lua /lua/watch.lua" not in site.router.running.text


def test_a_scheduled_script_runs_when_the_router_starts(site: Site) -> None:
    site.deliver(RESIDENT, begin=False)
    schedule(job(site), Wish("/lua/watch.lua"), lambda _: True)
    site.router.power_cut()
    site.router.power_on()
    site.clock.sleep(120)
    assert site.running == [RESIDENT]


def test_what_others_change_meanwhile_is_never_taken_back(site: Site) -> None:
    first = site.session
    calls = []

    def connect() -> object:
        calls.append(1)
        if len(calls) == 2:
            site.router.type("ip route 10.0.0.0/8 gateway 192.168.100.2")
        return first()

    moved = job(site)
    object.__setattr__(moved, "connect", partial(connect))
    with pytest.raises(PlanError, match="changed while this was planned"):
        schedule(moved, Wish("/lua/watch.lua"), lambda _: True)
    assert "10.0.0.0/8" in site.router.running.text
    assert "watch.lua" not in site.router.running.text
