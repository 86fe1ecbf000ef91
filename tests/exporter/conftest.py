"""An exporter over routers that answer from a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.health.conftest import StoppedClock, TableSession
from yamaha_ops.errors import UnreachableError
from yamaha_ops.exporter import Scrape
from yamaha_ops.exporter.fleet import Fleet
from yamaha_ops.exporter.target import Settings
from yamaha_ops.health import MODULES, collect
from yamaha_ops.inventory import Router

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Network:
    """Opens sessions with routers; those in `dead` do not answer."""

    dead: set[str] = field(default_factory=set)
    opened: list[TableSession] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    prepare: Callable[[TableSession], None] = lambda _session: None

    def connect(self, router: Router, seconds: float) -> TableSession:
        self.seconds.append(seconds)
        if router.name in self.dead:
            raise UnreachableError("nothing answers", router=router.name)
        session = TableSession(router=router.name)
        self.prepare(session)
        self.opened.append(session)
        return session


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def settings(network: Network, clock: StoppedClock) -> Settings:
    return Settings(network.connect, clock=clock)


@pytest.fixture
def routers() -> list[Router]:
    return [
        Router(name="tokyo", host="192.0.2.1", labels={"site": "tokyo", "my-rack": "7"}),
        Router(name="osaka", host="192.0.2.2", model="RTX1210"),
    ]


@pytest.fixture
def fleet(routers: list[Router], settings: Settings) -> Fleet:
    return Fleet(lambda: routers, settings)


@pytest.fixture
def full_scrape(clock: StoppedClock) -> Scrape:
    """A round in which every kind of record occurs that the table has."""
    health = collect(TableSession(), MODULES["full"], clock=clock)
    return Scrape("tokyo", clock.time(), 1.5, health, backup_time=1_700_000_000.0)
