"""The watch as it really runs: with its threads, and over PostgreSQL."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.web import postgresql
from tests.web.watching import Bench, Network
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.visitor import Visitor
from yamaha_ops.web.console import Console
from yamaha_ops.web.settings import Settings
from yamaha_ops.web.store.fleet import Alarm, Notification, RouterState, Sample
from yamaha_ops.web.watch import overview
from yamaha_ops.web.watch.acknowledging import acknowledge
from yamaha_ops.web.watch.listing import State, listed
from yamaha_ops.web.watch.samples import thin
from yamaha_ops.web.watch.summary import Reach, summarise
from yamaha_ops.web.watch.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.conftest import SteppedClock
    from yamaha_ops.health import Health
    from yamaha_ops.web.watch.summary import Summary

pytestmark = pytest.mark.timeout(180)

PATIENCE = 120.0
"""Seconds that a loaded machine may need for what takes a moment."""

VERA = Visitor(1, "vera", "vera", frozenset({Role.OPERATOR}), None, None, "127.0.0.1")


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.01)


def test_routers_are_asked_and_kept_and_every_thread_ends(settings: Settings) -> None:
    console = Console(settings)
    console.database.upgrade()
    network = Network(uptime=86400.0)
    watch = Watch(console, opened=network.open)
    watch.start()
    try:
        wait_until(lambda: states(console) == {"tokyo": "online", "osaka": "online"})
        asked = checked(console, "tokyo")
        watch.poller.ask("tokyo")
        wait_until(lambda: checked(console, "tokyo") > asked)
    finally:
        watch.stop()
    own = ("poller", "keeper", "notifier")
    assert [each for each in threading.enumerate() if each.name.startswith(own)] == []
    assert not any(session.usable for session in network.opened)
    console.close()


def states(console: Console) -> dict[str, str]:
    with console.database.reading() as session:
        return {each.router: each.reach for each in session.scalars(select(RouterState))}


def checked(console: Console, name: str) -> float:
    with console.database.reading() as session:
        return session.get_one(RouterState, name).checked


def test_a_watch_that_never_began_can_be_stopped(settings: Settings) -> None:
    console = Console(settings)
    Watch(console).stop()
    console.close()


def test_everything_goes_over_postgresql_too(
    inventory_file: Path, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := postgresql.missing():
        pytest.skip(reason)
    monkeypatch.delenv("YAMAHA_OPS_STATE", raising=False)
    # Short: the path of a socket has a limit.
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        postgresql.cluster(_open(Path(folder)) / "c") as address,
    ):
        settings = Settings.model_validate(
            {
                "inventory": inventory_file,
                "database": address,
                "webhooks": [{"name": "chat", "url": "http://127.0.0.1:9/"}],
            }
        )
        console = Console(settings, clock=clock)
        console.database.upgrade()
        network = Network()
        bench = Bench(console, clock, network)
        bench.ask()
        bench.keep()
        network.die("osaka")
        bench.run(600)
        rows = {row.name: row for row in overview.rows_for(console, VERA)}
        assert (rows["tokyo"].reach, rows["osaka"].reach) == (Reach.ONLINE, Reach.OFFLINE)
        assert rows["osaka"].worst == "critical"
        with console.database.session() as session:
            thin(session, "tokyo", clock.time() + 86400, 7 * 86400)
            page = listed(session, None, state=State.OPEN)
            assert page.counts[State.OPEN] == 1
        acknowledge(console, VERA, page.alarms[0].id, "on it")
        with console.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Notification)) == 2
            assert session.scalar(select(Alarm.note)) == "on it"
            assert session.scalars(select(Sample).where(Sample.seconds > 0)).all()
        bench.watch.notifier.deliver()
        console.close()


def _open(folder: Path) -> Path:
    """Let the user that PostgreSQL runs as pass through."""
    folder.chmod(0o755)
    return folder


def test_a_fault_of_our_own_ends_one_batch_and_not_the_watching(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    console = Console(settings)
    console.database.upgrade()
    network = Network(uptime=86400.0)
    faults = [ZeroDivisionError("a fault")]

    def faulty(health: Health) -> Summary:
        if faults:
            raise faults.pop()
        return summarise(health)

    monkeypatch.setattr("yamaha_ops.web.watch.keeper.summarise", faulty)
    watch = Watch(console, opened=network.open)
    watch.start()
    try:
        wait_until(lambda: not faults)
        for name in ("tokyo", "osaka"):
            watch.poller.ask(name)
        wait_until(lambda: states(console) == {"tokyo": "online", "osaka": "online"})
    finally:
        watch.stop()
    assert "taking in what routers said failed" in caplog.text
    console.close()
