"""Routers asked on a schedule, what they say kept: and routers, database, clock that fail."""

from __future__ import annotations

import os
import sqlite3
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from tests.health.conftest import ANSWERS, CONFIGURATION
from tests.web.conftest import INVENTORY
from tests.web.watching import Bench, Network
from yamaha_ops.errors import (
    AuthenticationError,
    ConnectTimeoutError,
    ConsoleError,
    IncompleteOutputError,
)
from yamaha_ops.web.access.visitor import Role, Visitor
from yamaha_ops.web.store.database import Database
from yamaha_ops.web.store.fleet import Alarm, RouterRecord, RouterState, Sample
from yamaha_ops.web.watch import alarms
from yamaha_ops.web.watch.overview import rows_for
from yamaha_ops.web.watch.samples import COARSE_SECONDS, FINE_SECONDS, thin
from yamaha_ops.web.watch.schedule import Schedule, phase
from yamaha_ops.web.watch.summary import Line, Reach
from yamaha_ops.web.watch.watch import changed_by_us

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.web.conftest import SteppedClock
    from yamaha_ops.web.console import Console


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def bench(console: Console, clock: SteppedClock, network: Network) -> Bench:
    return Bench(console, clock, network)


@pytest.fixture
def everything(console: Console) -> Callable[[], dict[str, RouterState]]:
    """Read the states as they stand in the database."""

    def states() -> dict[str, RouterState]:
        with console.database.reading() as session:
            return {each.router: each for each in session.scalars(select(RouterState))}

    return states


def alarms_of(console: Console, router: str) -> list[Alarm]:
    with console.database.reading() as session:
        found = session.scalars(select(Alarm).where(Alarm.router == router).order_by(Alarm.id))
        return list(found)


# --- the schedule ---------------------------------------------------------------------------------


def test_routers_are_spread_over_the_interval_and_keep_their_place() -> None:
    names = [f"r{number}" for number in range(600)]
    schedule = Schedule(60.0)
    schedule.sync(names, 1000.0)
    turns: dict[str, list[int]] = {name: [] for name in names}
    for second in range(1000, 1300):
        taken = schedule.take(float(second), 1000)
        assert second < 1060 or len(taken) < 40  # evenly, never all together
        for name in taken:
            turns[name].append(second)
            schedule.ended(name, second + 0.5, well=True)
    for name, times in turns.items():
        regular = times[1:]
        assert len(times) in {5, 6}
        assert {round(time - phase(name) * 60) % 60 for time in regular} <= {0, 1}


def test_a_dead_router_is_asked_less_often_and_at_once_when_wanted() -> None:
    schedule = Schedule(60.0, chance=lambda: 0.5)
    schedule.sync(["dead"], 0.0)
    asked = []
    for second in range(7200):
        for name in schedule.take(float(second), 10):
            asked.append(second)
            schedule.ended(name, float(second), well=False)
    pauses = [later - sooner for sooner, later in pairwise(asked)]
    assert pauses[1:5] == [60, 60, 60, 60]
    assert all(240 < pause <= 360 for pause in pauses[-10:])
    schedule.soon("dead", 7200.0)
    assert schedule.take(7200.0, 10) == ["dead"]
    schedule.soon("dead", 7200.0)  # somebody wants to know while it is being asked
    schedule.ended("dead", 7201.0, well=True)
    assert schedule.take(7201.0, 10) == ["dead"]


def test_routers_come_and_go() -> None:
    schedule = Schedule(60.0)
    schedule.sync(["a", "b"], 0.0)
    assert schedule.sync(["b", "c"], 10.0) == ["a"]
    taken = schedule.take(1000.0, 10)
    assert sorted(taken) == ["b", "c"]
    assert schedule.sync(["c"], 1001.0) == ["b"]
    schedule.ended("b", 1002.0, well=True)  # it ended after it had gone
    assert "b" not in schedule
    assert schedule.take(5000.0, 10) == []  # c is still under way


# --- rounds kept ----------------------------------------------------------------------------------


def test_a_round_becomes_a_row_a_record_and_a_sample(
    bench: Bench, console: Console, everything: Callable[[], dict[str, RouterState]]
) -> None:
    assert bench.ask() == 2
    assert bench.keep()
    state = everything()["tokyo"]
    assert (state.reach, state.line, state.tunnel) == ("online", "up", "up")
    assert (state.ports, state.sessions, state.sessions_limit) == (240, 120, 65534)
    assert (state.model, state.firmware, state.serial) == ("RTX830", "Rev.15.02.30", "M4A000000")
    assert state.consistent is True
    assert state.line_interface == "TUNNEL[1]"
    assert state.last_contact == state.checked == console.now()
    with console.database.reading() as session:
        record = session.get_one(RouterRecord, "tokyo").record
        assert record["records"]["show environment"]["serial"] == "M4A000000"
        assert session.scalar(select(func.count()).select_from(Sample)) == 2


def test_rates_come_from_two_looks_at_the_counters(
    bench: Bench, console: Console, network: Network
) -> None:
    bench.ask()
    bench.keep()
    more = ANSWERS["show status lan2"].replace("10377392756", "10377992756")
    network.say("tokyo", "show status lan2", more)
    bench.run(60)
    with console.database.reading() as session:
        samples = session.scalars(
            select(Sample).where(Sample.router == "tokyo").order_by(Sample.time)
        ).all()
    assert samples[0].traffic == {}
    received, sent = samples[-1].traffic["LAN2"]
    assert received == 0
    assert 600000 / 61 <= sent <= 600000 / 59


def test_counters_that_began_anew_give_no_rate(
    bench: Bench, console: Console, network: Network
) -> None:
    bench.ask()
    bench.keep()
    less = ANSWERS["show status lan2"].replace("10377392756", "100")
    network.say("tokyo", "show status lan2", less)
    bench.run(60)
    with console.database.reading() as session:
        last = session.scalars(
            select(Sample).where(Sample.router == "tokyo").order_by(Sample.time.desc())
        ).first()
    assert last
    assert "LAN2" not in last.traffic
    assert "LAN1" in last.traffic


def test_one_session_for_each_router_stays_open(bench: Bench, network: Network) -> None:
    bench.ask()
    bench.run(300)
    assert len(network.opened) == 2


def test_browsers_are_told_only_of_what_changed(
    bench: Bench, console: Console, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.ask()
    bench.keep()
    published: list[tuple[str, str | None]] = []
    monkeypatch.setattr(
        console.hub, "publish", lambda topic, router=None: published.append((topic, router))
    )
    bench.run(60)
    assert set(published) == {("router-tokyo", "tokyo"), ("router-osaka", "osaka")}
    published.clear()
    network.say(
        "tokyo", "show nat descriptor masquerade session summary", "Current/Max : 7 / 65534"
    )
    bench.run(60)
    assert ("fleet", "tokyo") in published
    assert ("fleet", "osaka") not in published


# --- routers that fail ----------------------------------------------------------------------------


def test_a_router_that_goes_down_and_comes_back(
    bench: Bench,
    console: Console,
    network: Network,
    everything: Callable[[], dict[str, RouterState]],
) -> None:
    bench.ask()
    bench.keep()
    contact = console.now()
    network.die("tokyo")
    bench.run(120)
    state = everything()["tokyo"]
    assert state.reach == "offline"
    assert state.last_contact == contact
    assert "nothing answers" in str(state.error)
    assert state.firmware == "Rev.15.02.30"  # what it was is still known
    assert alarms_of(console, "tokyo") == []
    bench.run(480)
    (alarm,) = alarms_of(console, "tokyo")
    assert (alarm.rule, alarm.closed) == ("YamahaRouterUnreachable", None)
    assert everything()["osaka"].reach == "online"
    network.fails.clear()
    bench.run(900)
    assert everything()["tokyo"].reach == "online"
    (alarm,) = alarms_of(console, "tokyo")
    assert alarm.closed is not None


@pytest.mark.parametrize(
    ("error", "reach"),
    [
        (ConnectTimeoutError("it swallowed the attempt"), "offline"),
        (AuthenticationError("the router refused the password"), "error"),
    ],
)
def test_a_router_that_refuses_us_is_an_error_and_not_offline(
    bench: Bench,
    network: Network,
    everything: Callable[[], dict[str, RouterState]],
    error: Exception,
    reach: str,
) -> None:
    network.fails["tokyo"] = error
    bench.ask()
    bench.keep()
    assert everything()["tokyo"].reach == reach
    assert everything()["osaka"].reach == "online"


def test_a_session_that_falls_silent_for_the_whole_round_means_offline(
    bench: Bench,
    network: Network,
    clock: SteppedClock,
    everything: Callable[[], dict[str, RouterState]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench.ask()
    bench.keep()

    def silent(command: str, _timeout: float | None = None) -> str:
        clock.ticking += 61
        raise IncompleteOutputError("the answer did not end", command=command)

    for session in network.opened:
        if session.router == "tokyo":
            monkeypatch.setattr(session, "run", silent)
    bench.run(60)
    assert everything()["tokyo"].reach == "offline"


def test_a_router_that_talks_nonsense_is_an_error(
    bench: Bench, network: Network, everything: Callable[[], dict[str, RouterState]]
) -> None:
    bench.ask()
    bench.keep()
    network.spoil = ConsoleError("that was no prompt")
    for session in network.opened:
        session.fails["show environment"] = network.spoil
    bench.run(60)
    assert everything()["tokyo"].reach == "error"


def test_a_line_without_a_way_out_is_down(
    bench: Bench, network: Network, everything: Callable[[], dict[str, RouterState]]
) -> None:
    network.say(
        "tokyo",
        "show ip route",
        "宛先ネットワーク    ゲートウェイ     インタフェース  種別  付加情報\n"
        "192.168.100.0/24    192.168.100.1          LAN1  implicit",
    )
    bench.ask()
    bench.keep()
    assert everything()["tokyo"].line == "down"


def test_somebody_who_wants_to_know_is_answered_at_once(bench: Bench, network: Network) -> None:
    bench.ask()
    (session,) = (each for each in network.opened if each.router == "tokyo")
    asked = len(session.asked)
    poller = bench.watch.poller
    poller.ask("tokyo")
    assert poller.communicating("tokyo")
    assert bench.ask() == 1
    assert not poller.communicating("tokyo")
    assert len(session.asked) > asked


# --- a database that is locked --------------------------------------------------------------------


def test_a_locked_database_loses_nothing(
    bench: Bench,
    console: Console,
    network: Network,
    everything: Callable[[], dict[str, RouterState]],
) -> None:
    bench.ask()
    assert bench.keep()
    console.database.close()
    console.database = Database(str(database_of(console)), wait_seconds=0.01)
    bench.begin()
    lock = sqlite3.connect(database_of(console).removeprefix("sqlite:///"), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    network.die("tokyo")
    for _ in range(12):
        bench.clock.step(60)
        bench.ask()
        assert not bench.keep()
    assert everything()["tokyo"].reach == "online"
    lock.execute("ROLLBACK")
    lock.close()
    assert bench.watch.keeper.work([])
    assert everything()["tokyo"].reach == "offline"
    assert [each.rule for each in alarms_of(console, "tokyo")] == ["YamahaRouterUnreachable"]
    with console.database.reading() as session:
        mine = select(func.count()).select_from(Sample).where(Sample.router == "osaka")
        assert (session.scalar(mine) or 0) > 10


def database_of(console: Console) -> str:
    return f"sqlite:///{console.inventory().state / 'web.db'}"


# --- a clock that jumps ---------------------------------------------------------------------------


@pytest.mark.parametrize("jump", [-86400.0 * 30, 86400.0 * 365])
def test_a_clock_that_jumps_forgets_nothing_and_mends_itself(
    bench: Bench,
    console: Console,
    clock: SteppedClock,
    network: Network,
    everything: Callable[[], dict[str, RouterState]],
    jump: float,
) -> None:
    bench.ask()
    bench.run(600)
    kept = count(console)
    network.die("tokyo")
    bench.run(600)
    clock.wall += jump
    bench.run(600)
    assert count(console) > kept
    clock.wall -= jump
    network.fails.clear()
    bench.run(1800)
    assert count(console) > kept + 20
    (alarm,) = alarms_of(console, "tokyo")
    assert alarm.closed is not None
    assert alarm.closed >= alarm.opened
    assert abs(everything()["tokyo"].checked - console.now()) < 120
    # Hours later what was written in the wrong time is gone, and what is right is not.
    bench.run(3 * 3600, step=300)
    with console.database.reading() as session:
        times = session.scalars(select(Sample.time).where(Sample.router == "osaka")).all()
    assert max(times) <= console.now()
    assert min(times) > console.now() - 49 * 3600


def count(console: Console) -> int:
    with console.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Sample)) or 0


def test_what_is_too_old_or_lies_ahead_is_not_known(
    bench: Bench, console: Console, clock: SteppedClock, visitor: Visitor
) -> None:
    bench.ask()
    bench.keep()
    assert {row.reach for row in rows_for(console, visitor)} == {Reach.ONLINE}
    for moved in (86400.0, -2 * 86400.0):
        clock.wall += moved
        rows = rows_for(console, visitor)
        assert {row.reach for row in rows} == {Reach.UNKNOWN}
        assert {row.line for row in rows} == {Line.UNKNOWN}
        assert not any(row.fresh for row in rows)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor(1, "vera", "vera", frozenset({Role.VIEWER}), None, None, "127.0.0.1")


# --- an inventory that changes --------------------------------------------------------------------


def test_routers_come_and_go_while_it_runs(
    bench: Bench,
    console: Console,
    network: Network,
    inventory_file: Path,
    visitor: Visitor,
) -> None:
    bench.ask()
    bench.keep()
    network.die("osaka")
    bench.run(600)
    assert [each.closed for each in alarms_of(console, "osaka")] == [None]
    rewrite(inventory_file, INVENTORY.replace("osaka", "kyoto"))
    bench.run(180)
    assert {row.name for row in rows_for(console, visitor)} == {"tokyo", "kyoto"}
    assert {row.reach for row in rows_for(console, visitor)} == {Reach.ONLINE}
    assert all(each.closed for each in alarms_of(console, "osaka"))  # kept, and over
    old = [session for session in network.opened if session.router == "osaka"]
    assert not any(session.usable for session in old)
    tokyo = [session for session in network.opened if session.router == "tokyo"]
    assert len(tokyo) == 1  # its entry is the same, so is its session


def test_an_inventory_that_is_broken_for_a_while_stops_nothing(
    bench: Bench, console: Console, inventory_file: Path, visitor: Visitor
) -> None:
    bench.ask()
    rewrite(inventory_file, "routers: [")
    bench.run(120)
    assert {row.reach for row in rows_for(console, visitor)} == {Reach.ONLINE}
    assert console.inventory_problem


def rewrite(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(1, file.stat().st_mtime_ns + 1_000_000))


# --- a console that starts anew -------------------------------------------------------------------


def test_a_restart_keeps_alarms_and_sees_what_changed_meanwhile(
    bench: Bench, console: Console, network: Network
) -> None:
    bench.ask()
    bench.keep()
    network.die("osaka")
    bench.run(600)
    bench.begin()
    rebooted = ANSWERS["show environment"].replace("2days 01:00:00", "0days 00:10:00")
    network.say("tokyo", "show environment", rebooted)
    bench.ask()
    bench.keep()
    assert [each.rule for each in alarms_of(console, "tokyo")] == ["YamahaRouterRestarted"]
    assert len(alarms_of(console, "osaka")) == 1
    network.fails.clear()
    bench.run(900)
    (alarm,) = alarms_of(console, "osaka")
    assert alarm.closed is not None


def test_what_merely_happened_is_no_news_after_a_day(console: Console) -> None:
    with console.database.session() as session:
        for ago in (3600.0, 90000.0):
            session.add(
                Alarm(
                    router="tokyo",
                    rule="YamahaRouterRestarted",
                    subject="",
                    severity="warning",
                    opened=console.now() - ago,
                )
            )
        session.flush()
        assert alarms.tidy(session, ["tokyo"], console.now())
    assert [each.closed is None for each in alarms_of(console, "tokyo")] == [True, False]


# --- samples --------------------------------------------------------------------------------------


def test_old_samples_become_means(console: Console) -> None:
    now = console.now()
    with console.database.session() as session:
        for second in range(0, 6 * 3600, 60):
            session.add(
                Sample(
                    router="tokyo",
                    time=now - second,
                    seconds=0,
                    cpu=0.25 if second // 60 % 2 else 0.75,
                    traffic={"LAN2": [100.0, 50.0]},
                )
            )
        session.add(Sample(router="tokyo", time=now - 60 * 3600, seconds=300, traffic={}))
        session.add(Sample(router="tokyo", time=now + 9999, seconds=0, traffic={}))
    for _ in range(2):  # the second time there is nothing left to do
        with console.database.session() as session:
            thin(session, "tokyo", now, 48 * 3600)
        with console.database.reading() as session:
            samples = session.scalars(select(Sample).order_by(Sample.time)).all()
        means = [each for each in samples if each.seconds == COARSE_SECONDS]
        fine = [each for each in samples if each.seconds == 0]
        assert 120 <= len(fine) <= 126
        assert 47 <= len(means) <= 49
        assert all(0.3 < (each.cpu or 0) < 0.7 for each in means)
        assert all(each.traffic == {"LAN2": [100.0, 50.0]} for each in means)
        assert min(each.time for each in fine) >= now - FINE_SECONDS - COARSE_SECONDS
        assert max(each.time for each in samples) <= now


# --- what the toolkit did itself ------------------------------------------------------------------


def test_a_journal_tells_that_a_change_was_ours(tmp_path: Path) -> None:
    done = tmp_path / "journal" / "done"
    done.mkdir(parents=True)
    assert not changed_by_us(tmp_path, "home", 1000.0)
    (done / "home-2-1000.jsonl").write_text("{}")  # of the router home-2
    assert not changed_by_us(tmp_path, "home", 1000.0)
    mine = done / "home-1000.jsonl"
    mine.write_text("{}")
    os.utime(mine, (5000, 5000))
    assert changed_by_us(tmp_path, "home", 4000.0)
    assert not changed_by_us(tmp_path, "home", 9000.0)
    (tmp_path / "journal" / "home.jsonl").write_text("{}")  # one is going on
    assert changed_by_us(tmp_path, "home", 9000.0)


def test_a_change_of_somebody_else_is_an_alarm_and_ours_is_not(
    bench: Bench, console: Console, network: Network, inventory_file: Path
) -> None:
    login = "    login: {user: admin, administrator_password: env:NOBODY_SETS_THIS}\n"
    text = INVENTORY.replace("    labels: {site: tokyo}\n", "    labels: {site: tokyo}\n" + login)
    rewrite(inventory_file, text)
    bench.begin()
    bench.ask()
    bench.keep()
    for session in network.opened:
        session.text = CONFIGURATION + "ip route 10.0.0.0/8 gateway 192.168.100.9\n"
    done = console.inventory().state / "journal" / "done"
    done.mkdir(parents=True)
    (done / "tokyo-1.jsonl").write_text("{}")
    os.utime(done / "tokyo-1.jsonl", (console.now(), console.now()))
    bench.run(1200)
    assert alarms_of(console, "tokyo") == []
    for session in network.opened:
        session.text = CONFIGURATION + "ip route 10.9.0.0/16 gateway 192.168.100.9\n"
    bench.run(1200)
    assert [each.rule for each in alarms_of(console, "tokyo")] == ["YamahaConfigChanged"]
