"""Recovery undoes our own commands and nothing else, and waits for the router's own clock."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.change.trials import Killed
from yamaha_ops.change.apply import abandon, plan
from yamaha_ops.change.expectation import Expectation
from yamaha_ops.change.outcome import Result
from yamaha_ops.config import Configuration
from yamaha_ops.errors import AuthenticationError, CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.change.bench import Bench
    from tests.change.conftest import MakeBench
    from yamaha_ops.router import Session

ROUTE = "ip route 10.9.0.0/16 gateway 192.168.100.254"


class Overridden:
    """A session some of whose operations are ours."""

    def __init__(self, session: Session, **acts: Callable[..., Any]) -> None:
        self._session = session
        self._acts = acts

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._session, name)
        if name not in self._acts:
            return real
        return lambda *arguments, **options: self._acts[name](real, *arguments, **options)


def _killed_at(bench: Bench, command: str, *, before: bool = True) -> None:
    """Run an apply that dies at a command."""

    def send(real: Callable[..., str], line: str, *arguments: Any, **options: Any) -> str:
        if line == command and before:
            raise Killed
        answer = real(line, *arguments, **options)
        if line == command:
            raise Killed
        return answer

    _interrupted(bench, send=send)


def _interrupted(bench: Bench, **acts: Callable[..., Any]) -> None:
    connect = bench.job.connect
    job = replace(bench.job, connect=lambda: Overridden(connect(), **acts))
    with pytest.raises(Killed):
        replace(bench, job=job).apply()


def test_what_a_person_did_days_later_is_left_alone(make_bench: MakeBench) -> None:
    bench = make_bench()
    _killed_at(bench, "ip tunnel mtu 1460")
    bench.job.clock.sleep(3 * 86400)
    bench.router.type(ROUTE, "ip lan1 secondary address 10.1.1.1/24", save=True)
    theirs = bench.router.running.digest
    outcome = bench.apply(resume_only=True)
    assert outcome.result == Result.FAILED
    assert bench.router.running.digest == theirs
    assert not bench.job.journal.entries()
    assert "somebody else changed" in bench.said


def test_a_confirmed_change_is_never_undone_though_somebody_added_to_it(
    make_bench: MakeBench,
) -> None:
    bench = make_bench()
    _interrupted(bench, save=_die)
    bench.router.type(ROUTE)
    outcome = bench.apply(resume_only=True)
    assert outcome.result == Result.UNKNOWN
    assert bench.router.online
    assert ROUTE in bench.router.running.text
    assert bench.job.journal.entries()
    assert abandon(bench.job).result == Result.UNCHANGED
    assert not bench.job.journal.entries()
    assert bench.router.online


def _die(*_arguments: Any) -> str:
    raise Killed


def test_a_router_that_cannot_save_keeps_the_working_line_and_asks_for_a_person(
    make_bench: MakeBench,
) -> None:
    def refuse(real: Callable[[], str]) -> str:
        real()
        raise CommandError("the router refused a command", output="エラー: flash")

    bench = make_bench()
    connect = bench.job.connect
    job = replace(bench.job, connect=lambda: Overridden(connect(), save=refuse))
    assert replace(bench, job=job).apply().result == Result.UNKNOWN
    assert bench.router.online
    assert bench.apply(resume_only=True).result == Result.FINISHED
    assert bench.is_new


def test_somebody_who_saves_while_a_change_is_open_is_noticed(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.router.change_prefix(None)

    def send(real: Callable[..., str], line: str, *arguments: Any, **options: Any) -> str:
        answer = real(line, *arguments, **options)
        if line == "ip tunnel mtu 1460":
            bench.router.type("no ip lan2 mtu", save=True)
        return answer

    connect = bench.job.connect
    job = replace(bench.job, connect=lambda: Overridden(connect(), send=send))
    outcome = replace(bench, job=job).apply()
    assert outcome.result == Result.TAKEN_BACK
    assert "the old configuration is saved again" in bench.said
    assert bench.is_old


def test_somebody_who_changes_and_saves_meanwhile_needs_a_person(make_bench: MakeBench) -> None:
    bench = make_bench()
    bench.router.change_prefix(None)

    def send(real: Callable[..., str], line: str, *arguments: Any, **options: Any) -> str:
        answer = real(line, *arguments, **options)
        if line == "ip tunnel mtu 1460":
            bench.router.type(ROUTE, save=True)
        return answer

    connect = bench.job.connect
    job = replace(bench.job, connect=lambda: Overridden(connect(), send=send))
    outcome = replace(bench, job=job).apply()
    assert outcome.result == Result.UNKNOWN
    assert ROUTE in bench.router.running.text
    assert "map-e" not in bench.router.running.text


def test_the_users_own_schedule_is_not_taken_for_the_guard(make_bench: MakeBench) -> None:
    bench = make_bench().with_(guard="scheduled-restart")
    line = "schedule at 99 */* 03:00:00 * ntpdate ntp.nict.jp"
    text = f"{bench.job.wanted.text}{line}\n"
    bench = bench.with_(wanted=Configuration.parse(text))
    assert bench.apply().result == Result.CHANGED
    other = Configuration.parse(text.replace("dns service fallback on\n", ""))
    assert bench.with_(wanted=other).apply().result == Result.CHANGED
    assert line in bench.router.running.text


def test_the_expectation_of_the_day_counts_and_not_todays(make_bench: MakeBench) -> None:
    bench = make_bench().with_(guard="none")
    bench.router.change_prefix(None)
    _killed_at(bench, "ip route default gateway tunnel 1", before=False)
    outcome = bench.with_(expected=Expectation()).apply(resume_only=True)
    assert outcome.result == Result.FAILED
    assert bench.is_old


def test_a_clock_that_was_set_does_not_hide_a_pending_guard(make_bench: MakeBench) -> None:
    bench = make_bench()
    _killed_at(bench, "ip route default gateway tunnel 1", before=False)

    class Ahead:
        """Our clock, ten minutes fast since the kill; the router's is not."""

        def now(self) -> float:
            return bench.job.clock.now() + 600

        def sleep(self, seconds: float) -> None:
            bench.job.clock.sleep(seconds)

    bench.with_(clock=Ahead()).apply(resume_only=True)
    bench.job.clock.sleep(3600)
    assert bench.is_old
    assert not bench.job.journal.entries()


def test_a_refused_login_is_not_tried_again(make_bench: MakeBench) -> None:
    bench = make_bench()
    _killed_at(bench, "ip tunnel mtu 1460")
    logins = []

    def refused() -> Session:
        logins.append(1)
        raise AuthenticationError("the router did not take the password", router="home")

    outcome = bench.with_(connect=refused).apply(resume_only=True)
    assert (outcome.result, len(logins)) == (Result.UNKNOWN, 1)
    assert bench.job.journal.entries()


def test_a_damaged_journal_asks_for_a_person(make_bench: MakeBench) -> None:
    bench = make_bench()
    _killed_at(bench, "ip tunnel mtu 1460")
    path = bench.job.journal.path
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(["{", *lines[1:], ""]), encoding="utf-8")
    assert bench.apply(resume_only=True).result == Result.UNKNOWN
    bench.job.clock.sleep(3600)
    assert bench.is_old


def test_a_journal_that_cannot_be_put_away_does_not_spoil_the_change(
    make_bench: MakeBench,
) -> None:
    bench = make_bench()
    done = bench.job.journal.path.parent / "done"
    done.parent.mkdir()
    done.write_text("in the way", encoding="utf-8")
    assert bench.apply().result == Result.CHANGED
    assert bench.is_new
    done.unlink()
    assert bench.apply(resume_only=True).result == Result.FINISHED


def test_a_plan_says_that_a_change_is_open(make_bench: MakeBench) -> None:
    bench = make_bench()
    _killed_at(bench, "ip tunnel mtu 1460")
    assert "an earlier change is still open" in plan(bench.job).warnings[0]


def test_a_saved_plan_is_no_oracle_for_secrets(make_bench: MakeBench) -> None:
    bench = make_bench()
    prints = set()
    for secret in ("guess-1", "guess-2"):
        text = f"{bench.job.wanted.text}snmp community read-only {secret}\n"
        made = plan(bench.with_(wanted=Configuration.parse(text)).job)
        assert secret not in json.dumps(made.as_json())
        prints.add(made.fingerprint)
    assert len(prints) == 1
