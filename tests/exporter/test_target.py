"""One router, asked again and again."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import ConnectError
from yamaha_ops.exporter.once import scrape_once
from yamaha_ops.exporter.target import Settings, Target
from yamaha_ops.fleet import Backoff
from yamaha_ops.health import MODULES, STANDARD
from yamaha_ops.inventory import Login, Router, Secret
from yamaha_ops.router import TOGETHER, TypedAheadError

if TYPE_CHECKING:
    from tests.exporter.conftest import Network
    from tests.health.conftest import StoppedClock, TableSession


@pytest.fixture
def target(routers: list[Router], settings: Settings) -> Target:
    return Target(routers[0], settings)


def test_a_session_stays_open_between_scrapes(target: Target, network: Network) -> None:
    cold = target.warm
    first, second = target.scrape(STANDARD, 5), target.scrape(STANDARD, 5)
    assert first.health
    assert second.health
    assert (cold, target.warm) == (False, True)
    assert len(network.opened) == 1


def test_a_dead_router_is_a_result(target: Target, network: Network) -> None:
    network.dead.add("tokyo")
    scrape = target.scrape(STANDARD, 5)
    assert scrape.health is None
    assert scrape.error == "tokyo: nothing answers"
    assert not target.warm


def test_a_session_that_died_meanwhile_is_opened_anew(target: Target, network: Network) -> None:
    target.scrape(STANDARD, 5)
    network.opened[0].fails["show environment"] = ConnectError("the line was lost")
    scrape = target.scrape(STANDARD, 5)
    assert scrape.health
    assert len(network.opened) == 2
    assert not network.opened[0].usable


def test_a_fresh_session_that_dies_is_not_tried_again(target: Target, network: Network) -> None:
    def breaks(session: TableSession) -> None:
        session.fails["show environment"] = ConnectError("the line was lost")

    network.prepare = breaks
    assert target.scrape(STANDARD, 5).health is None
    assert len(network.opened) == 1
    assert not network.opened[0].usable


def test_connecting_takes_no_longer_than_the_scrape_may(target: Target, network: Network) -> None:
    target.scrape(STANDARD, 3)
    assert network.seconds == [3]


def test_a_second_scrape_waits_and_then_gives_up(target: Target, network: Network) -> None:
    entered, leave = threading.Event(), threading.Event()

    def hold(_session: TableSession) -> None:
        entered.set()
        leave.wait(10)

    network.prepare = hold
    running = threading.Thread(target=target.scrape, args=(STANDARD, 5))
    running.start()
    entered.wait(10)
    scrape = target.scrape(STANDARD, 0.01)
    leave.set()
    running.join()
    assert scrape.error == "another scrape of this router is still running"
    assert target.last
    assert target.last.health


def test_an_unused_session_is_kept_alive_and_then_let_go(
    target: Target, network: Network, clock: StoppedClock
) -> None:
    target.scrape(STANDARD, 5)
    session = network.opened[0]
    target.maintain()
    assert session.asked.count("") == 0
    clock.now += 61
    target.maintain()
    target.maintain()
    assert session.asked.count("") == 1
    clock.now += 900
    target.maintain()
    assert not target.warm
    assert not session.usable


def test_the_configuration_is_read_now_and_then(
    routers: list[Router], settings: Settings, network: Network, clock: StoppedClock
) -> None:
    login = Login(administrator_password=Secret("env:NOBODY_SETS_THIS"))
    router = routers[0].model_copy(update={"login": login})
    target = Target(router, replace(settings, config_seconds=600))
    scrapes = [target.scrape(STANDARD, 5)]
    clock.now += 30
    scrapes.append(target.scrape(STANDARD, 5))
    times = [s.health.configuration.time for s in scrapes if s.health and s.health.configuration]
    assert len(times) == 2
    assert times[0] == times[1]
    clock.now += 600
    later = target.scrape(STANDARD, 5)
    assert later.health
    assert later.health.configuration
    assert later.health.configuration.time > times[0]
    assert "show status pp 1" in network.opened[0].asked


def test_without_an_administrator_password_the_configuration_is_left_alone(
    routers: list[Router], settings: Settings, network: Network
) -> None:
    target = Target(routers[0], replace(settings, config_seconds=600))
    scrape = target.scrape(STANDARD, 5)
    assert scrape.health
    assert scrape.health.configuration is None
    assert not network.opened[0].is_administrator


def test_a_module_is_what_was_asked(target: Target, network: Network) -> None:
    scrape = target.scrape(MODULES["alive"], 5)
    assert scrape.health
    assert network.opened[0].asked == ["show environment"]


def test_closing_cuts_the_session(target: Target, network: Network) -> None:
    target.scrape(STANDARD, 5)
    target.close()
    assert not network.opened[0].usable


def test_a_router_that_stays_dead_is_asked_less_and_less_often(
    routers: list[Router], settings: Settings, network: Network, clock: StoppedClock
) -> None:
    patient = replace(settings, backoff=Backoff(failures=3, first=10, longest=40, jitter=0))
    target = Target(routers[0], patient)
    network.dead.add("tokyo")
    for _ in range(200):
        assert target.scrape(STANDARD, 5).health is None
        clock.now += 1
    # Three at once, then after 10, 20, 40, 40, 40 and 40 seconds.
    assert 7 <= len(network.seconds) <= 9
    assert "is tried again in" in (target.last.error if target.last and target.last.error else "")
    network.dead.clear()
    clock.now += 41
    assert target.scrape(STANDARD, 5).health
    network.opened[0].fails["show environment"] = ConnectError("the line was lost")
    assert target.scrape(STANDARD, 5).health  # one failure opens nothing


def test_a_round_keeps_the_order_and_spares_each_site(settings: Settings) -> None:
    routers = [
        Router(name=f"r{number}", host="192.0.2.1", labels={"site": "ab"[number % 2]})
        for number in range(20)
    ]
    scrapes = scrape_once(routers, settings, STANDARD, 5, at_once=4, per_site=1)
    assert [scrape.router for scrape in scrapes] == [router.name for router in routers]


def test_a_router_that_does_not_keep_what_is_typed_ahead_is_asked_one_at_a_time_from_then_on(
    target: Target, network: Network
) -> None:
    def confuses(session: TableSession) -> None:
        if not network.opened:
            session.fails["show arp"] = TypedAheadError("the answers cannot be told apart")

    network.prepare = confuses
    before = target.one_at_a_time
    for _ in range(3):
        assert target.scrape(STANDARD, 5).health
    assert (before, target.one_at_a_time) == (False, True)
    confused, steady = network.opened
    assert not confused.usable
    assert set(confused.together) == {TOGETHER}
    assert set(steady.together) == {1}


def test_one_more_doubt_is_a_failure(target: Target, network: Network) -> None:
    def confuses(session: TableSession) -> None:
        session.fails["show arp"] = TypedAheadError("the answers cannot be told apart")

    network.prepare = confuses
    assert target.scrape(STANDARD, 5).error == "the answers cannot be told apart"
    assert len(network.opened) == 2


def test_what_is_said_again_is_not_read_again(target: Target) -> None:
    first, second = target.scrape(STANDARD, 5), target.scrape(STANDARD, 5)
    assert first.health
    assert second.health
    again = {answer.command: answer.record for answer in second.health.answers}
    assert all(again[answer.command] is answer.record for answer in first.health.answers)
    assert len(again) == len(first.health.answers)


def test_the_inventory_may_forbid_to_type_ahead(
    routers: list[Router], settings: Settings, network: Network
) -> None:
    target = Target(routers[0].model_copy(update={"type_ahead": False}), settings)
    assert target.scrape(STANDARD, 5).health
    assert target.one_at_a_time
    assert set(network.opened[0].together) == {1}
