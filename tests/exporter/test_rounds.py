"""Scheduled rounds: every router at its own moment, and nobody in the way of the others."""

from __future__ import annotations

from collections import Counter
from threading import Event
from typing import TYPE_CHECKING

from tests.exporter.labs import wait_until
from yamaha_ops.exporter.fleet import Fleet
from yamaha_ops.fleet.spread import phase
from yamaha_ops.inventory import Router

if TYPE_CHECKING:
    from tests.exporter.conftest import Network
    from tests.health.conftest import StoppedClock, TableSession
    from yamaha_ops.exporter.target import Settings

ROUTERS = [Router(name=f"r{number}", host="192.0.2.1") for number in range(12)]
EVERY = 1000.0


def _asked(network: Network) -> Counter[str]:
    return Counter(session.router for session in list(network.opened))


def _probes(fleet: Fleet) -> float | None:
    return fleet.own.registry.get_sample_value("yamaha_exporter_probes_total", {"outcome": "up"})


def _at(clock: StoppedClock, place: float) -> None:
    """Move on to a place within a round, from 0 to 1."""
    clock.now += (place * EVERY - clock.time()) % EVERY


def test_a_round_is_spread_over_its_interval(
    settings: Settings, network: Network, clock: StoppedClock
) -> None:
    turns = sorted(ROUTERS, key=lambda router: phase(router.name))
    _at(clock, 0.0)
    fleet = Fleet(lambda: ROUTERS, settings)
    fleet.start(every=EVERY)
    try:
        for count, router in enumerate(turns, start=1):
            _at(clock, phase(router.name) + 1e-6)
            wait_until(lambda count=count: len(network.opened) >= count)  # type: ignore[misc]
            assert set(_asked(network)) == {each.name for each in turns[:count]}
    finally:
        fleet.stop()


def test_a_router_that_is_still_being_asked_is_passed_over_and_holds_nobody_up(
    settings: Settings, network: Network, clock: StoppedClock
) -> None:
    go_on, begun = Event(), Event()

    def stuck(session: TableSession) -> None:
        if session.router == "r0":
            begun.set()
            go_on.wait(40)

    network.prepare = stuck
    fleet = Fleet(lambda: ROUTERS, settings)
    fleet.start(every=EVERY)
    try:
        clock.now += EVERY
        wait_until(lambda: begun.is_set() and _probes(fleet) == len(ROUTERS) - 1)
        clock.now += EVERY
        wait_until(lambda: _probes(fleet) == 2 * (len(ROUTERS) - 1))
        go_on.set()
        wait_until(lambda: _probes(fleet) == 2 * (len(ROUTERS) - 1) + 1)
        assert _asked(network)["r0"] == 1
    finally:
        go_on.set()
        fleet.stop()
