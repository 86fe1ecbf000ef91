"""What goes wrong around a change: a killed console, a locked database, another run."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.change.bench import ADMINISTRATOR_PASSWORD, ENVIRONMENT, PASSWORD, ROOT
from tests.web.acting.conftest import OTTO, WORLD, Site, write_inventory
from yamaha_ops.actions import changing
from yamaha_ops.change.clock import SystemClock
from yamaha_ops.change.journal import Journal, Step
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.durable import Lock
from yamaha_ops.inventory import load
from yamaha_ops.lab import Lab, ManualClock
from yamaha_ops.web.act import applying, runner
from yamaha_ops.web.act.book import Book, Wish, fingerprint_of
from yamaha_ops.web.act.planning import make_plan
from yamaha_ops.web.act.stage import Stage
from yamaha_ops.web.console import Console
from yamaha_ops.web.errors import BusyError
from yamaha_ops.web.settings import Settings
from yamaha_ops.web.store.changes import Change
from yamaha_ops.web.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.web.conftest import Browser, SteppedClock

MTU = {"line.mtu": "1440"}
PATIENCE_SECONDS = 240

# --- the process is killed ------------------------------------------------------------------------

VICTIM = """
import sys, threading
from pathlib import Path
from yamaha_ops.web.act.applying import Applying
from yamaha_ops.web.console import Console
from yamaha_ops.web.settings import Settings
console = Console(Settings(inventory=Path(sys.argv[1])))
Applying(console, threading.Event()).apply(int(sys.argv[2]))
"""


@pytest.fixture
def town(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed_text: str
) -> Iterator[tuple[Lab, Any, Settings]]:
    """A router whose time is moved by whoever waits here; the victim has the real time."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    for name in ("STATE", "HISTORY"):
        monkeypatch.delenv(f"YAMAHA_OPS_{name}", raising=False)
    with Lab(clock=ManualClock(datetime.now(UTC).isoformat())) as lab:
        router = lab.start(
            config=changed_text,
            password=PASSWORD,
            administrator_password=ADMINISTRATOR_PASSWORD,
            world=WORLD,
        )
        monkeypatch.setattr(SystemClock, "now", lambda _self: lab.clock.now())
        monkeypatch.setattr(SystemClock, "sleep", lambda _self, seconds: lab.advance(seconds))
        file = write_inventory(tmp_path, router.port)
        yield lab, router, Settings(inventory=file)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("step", [Step.PLANNED, Step.SENT, Step.CONFIRMED])
def test_after_a_kill_the_journal_decides_and_the_page_says_so(
    town: tuple[Lab, Any, Settings], step: Step
) -> None:
    lab, router, settings = town
    first = Console(settings)
    first.database.upgrade()
    number = _under_way(first)
    journal = Journal(first.inventory().state / "journal" / "home.jsonl")
    first.close()
    with subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(settings.inventory), str(number)],
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as victim:
        try:
            _wait_for(step, journal, victim)
        finally:
            victim.kill()

    second = Console(settings)
    worker = runner.Runner(second)
    worker.start()
    until = time.monotonic() + PATIENCE_SECONDS
    change = Book(second).find(OTTO, number)
    while change.stage == Stage.APPLYING and time.monotonic() < until:
        threading.Event().wait(0.02)
        change = Book(second).find(OTTO, number)
    worker.stop()
    lab.advance(3600)
    second.close()

    runs = "ip tunnel mtu 1440" in router.running.text
    says = "mtu: 1440" in settings.inventory.read_text(encoding="utf-8")
    assert change.stage in {Stage.CHANGED, Stage.FAILED, Stage.TAKEN_BACK}, change.outcome
    assert runs is says is (change.stage == Stage.CHANGED), change.outcome
    assert router.saved.digest == router.running.digest
    assert change.busy is None
    assert not journal.entries()
    assert change.interrupted


def _under_way(console: Console) -> int:
    book = Book(console)
    wish = Wish("a test", MTU, None, verification_seconds=5)
    change = book.begin(OTTO, "home", wish)
    change = book.planned(OTTO, change.id, 1, make_plan(console, change))
    return book.take(OTTO, change.id, fingerprint_of(change) or "", ()).id


def _wait_for(step: Step, journal: Journal, victim: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and victim.poll() is None:
        if any(entry.step >= step for entry in journal.entries()):
            return
        threading.Event().wait(0.002)  # let it work
    assert victim.returncode == 0, "it ended before the step, and not by itself"


def test_an_end_that_the_book_missed_is_found_in_the_journal(
    site: Site,
    clock: SteppedClock,
    signed_in: Callable[[str], Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed between the last word of the journal and that of the book; the clock jumps back."""
    change = site.planned(MTU)
    site.taken(change)
    with monkeypatch.context() as killed:
        killed.setattr(applying.Applying, "_write_end", lambda *_: None)
        killed.setattr(applying, "write_into_inventory", lambda *_: None)
        site.runner.applying.apply(change.id)
    assert site.book.find(OTTO, change.id).stage == Stage.APPLYING
    clock.wall -= 86_400
    site.runner.applying.resume(change.id)
    clock.wall += 86_400
    ended = site.book.find(OTTO, change.id)
    assert (ended.stage, (ended.outcome or {})["result"]) == (Stage.CHANGED, Result.CHANGED)
    assert load(site.file).router("home").line.mtu == 1440  # type: ignore[union-attr]
    text = signed_in("otto").get(f"/changes/{change.id}").text
    assert "The console ended while this change was being applied" in text
    assert "the journal and the router decided" in text


def test_the_journal_of_an_earlier_change_with_the_same_plan_tells_nothing(site: Site) -> None:
    values = {**MTU, "checks": "[{command: show environment, pattern: 'RTX9999'}]"}
    site.applied(site.planned(values, verification_seconds=1))
    again = site.planned(MTU)
    site.taken(again)  # and killed before anything was journalled
    site.runner.applying.resume(again.id)
    ended = site.book.find(OTTO, again.id)
    assert ended.stage == Stage.FAILED
    assert "sent nothing" in (ended.outcome or {})["reason"]


def test_a_change_that_a_person_put_right_and_abandoned_is_no_success(site: Site) -> None:
    change = site.planned(MTU)
    site.taken(change)
    state = site.console.inventory().state
    plan = {"plan": change.plan, "before": "", "after": "", "expected": {}}
    journal = Journal(state / "journal" / "home.jsonl")
    journal.write(Step.PLANNED, 1.0, **plan)
    journal.close(2.0, result=Result.UNCHANGED, reason="the open change was abandoned")
    site.runner.applying.resume(change.id)
    ended = site.book.find(OTTO, change.id)
    assert ended.stage == Stage.FAILED
    assert "abandoned" in (ended.outcome or {})["reason"]
    assert "1440" not in site.file.read_text(encoding="utf-8")


# --- the database is locked -----------------------------------------------------------------------


class Held:
    """Somebody else's hand on the database."""

    def __init__(self, site: Site) -> None:
        self._path = site.console.inventory().state / "web.db"
        self._connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False
        )

    def lock(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def free(self) -> None:
        self._connection.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def held(site: Site) -> Iterator[Held]:
    site.runner.wait()  # it writes at its start, and nobody waits long from here on
    before = site.console.database
    site.console.database = Database(
        f"sqlite:///{site.console.inventory().state / 'web.db'}", wait_seconds=0.05
    )
    hand = Held(site)
    yield hand
    hand.close()
    site.console.database.close()
    site.console.database = before


def test_a_locked_database_does_not_make_a_change_fail(
    site: Site, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The router is changed whatever the book can take; the end is written when it can."""

    class Stopping(threading.Event):
        waits = 0

        def wait(self, timeout: float | None = None) -> bool:
            if timeout == applying.RETRY_SECONDS:  # not what the change itself waits for
                self.waits += 1
            if self.waits == 2:
                held.free()
            return False

    def carry_out(*arguments: Any, **options: Any) -> Any:
        held.lock()
        return changing.carry_out(*arguments, **options)

    monkeypatch.setattr(applying, "carry_out", carry_out)
    change = site.planned(MTU)
    site.taken(change)
    stopping = Stopping()
    applying.Applying(site.console, stopping).apply(change.id)
    assert stopping.waits == 2
    assert site.book.find(OTTO, change.id).stage == Stage.CHANGED
    said = site.said(change)
    assert "ip tunnel mtu 1440" in site.router.running.text
    assert "written into inventory.yaml" in said
    assert len(said.splitlines()) > 8, "nothing that happened meanwhile is lost"


def test_a_locked_database_is_said_and_nothing_is_sent(
    site: Site, held: Held, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("otto")
    change = site.planned(MTU)
    token = browser.token()
    held.lock()
    answer = browser.client.post(
        f"/changes/{change.id}/apply",
        data={"csrf": token, "fingerprint": fingerprint_of(change) or ""},
    )
    held.free()
    assert answer.status_code == 503
    assert "The database is not ready" in answer.text
    assert site.book.find(OTTO, change.id).stage == Stage.PLANNED
    assert "1440" not in site.router.running.text


def test_what_cannot_be_audited_is_not_set_under_way(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the change would be under way in the book, with nobody who carries it out."""

    def full(*_arguments: Any, **_options: Any) -> None:
        raise BusyError("the database is locked")

    change = site.planned(MTU)
    monkeypatch.setattr(site.console, "audit", full)
    with pytest.raises(BusyError):
        site.taken(change)
    left = site.book.find(OTTO, change.id)
    assert (left.stage, left.busy) == (Stage.PLANNED, None)


def test_a_change_waits_for_a_database_that_is_gone_and_is_not_stranded(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = site.console.database.reading
    gone = [BusyError("gone"), BusyError("still gone")]

    def reading() -> Any:
        if gone and threading.current_thread().name.startswith("change"):
            raise gone.pop()
        return real()

    monkeypatch.setattr(applying, "RETRY_SECONDS", 0.01)
    change = site.planned(MTU)
    site.taken(change)
    monkeypatch.setattr(site.console.database, "reading", reading)
    site.runner.apply(change.id)
    site.runner.wait()
    assert not gone
    assert site.book.find(OTTO, change.id).stage == Stage.CHANGED


def test_the_runner_starts_while_the_database_is_locked(
    site: Site, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RETRY_SECONDS", 0.01)
    change = site.planned(MTU)
    site.taken(change)
    with site.console.database.session() as session:
        session.get_one(Change, change.id).server_run = "an earlier one"
    held.lock()
    worker = runner.Runner(site.console)
    worker.start()
    held.free()
    until = time.monotonic() + PATIENCE_SECONDS
    while site.book.find(OTTO, change.id).stage == Stage.APPLYING and time.monotonic() < until:
        threading.Event().wait(0.02)
    worker.stop()
    assert site.book.find(OTTO, change.id).stage == Stage.FAILED


# --- the console is stopped -----------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["armed: ", "no difference left"])
def test_a_change_under_way_when_the_console_stops_is_taken_back_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    change = site.planned(MTU)
    site.taken(change)
    stopping = threading.Event()

    def carry_out(*arguments: Any, **options: Any) -> Any:
        report = options.pop("report")

        def told(event: Any) -> None:
            report(event)
            if moment in event.text:
                stopping.set()

        return changing.carry_out(*arguments, report=told, **options)

    monkeypatch.setattr(applying, "carry_out", carry_out)
    applying.Applying(site.console, stopping).apply(change.id)
    assert stopping.is_set()
    ended = site.book.find(OTTO, change.id)
    assert (ended.stage, ended.busy) == (Stage.FAILED, None), ended.outcome
    assert "the console was ended while this change was under way" in site.said(change)
    assert "ip tunnel mtu 1440" not in site.router.running.text
    assert "1440" not in site.file.read_text(encoding="utf-8")


def test_what_is_not_certain_when_the_console_stops_is_left_to_the_next_start(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = site.planned(MTU)
    site.taken(change)
    stopping = threading.Event()

    def carry_out(*_arguments: Any, **options: Any) -> Outcome:
        assert options["stop"] is stopping
        stopping.set()
        return Outcome("home", Result.UNKNOWN, "interrupted")

    monkeypatch.setattr(applying, "carry_out", carry_out)
    applying.Applying(site.console, stopping).apply(change.id)
    left = site.book.find(OTTO, change.id)
    assert (left.stage, left.busy, left.outcome) == (Stage.APPLYING, "home", None)
    assert "the console was ended" in site.said(change)
    site.console.run = "the next one"
    assert runner.Runner(site.console)._left_behind() == [change.id]


# --- somebody else -------------------------------------------------------------------------------


def test_a_run_from_the_command_line_is_in_the_way_and_said(site: Site) -> None:
    change = site.planned(MTU)
    lock = Lock(site.console.inventory().state / "journal" / "home.lock")
    assert lock.acquire(wait=False)
    ended = site.applied(change)
    lock.release()
    assert ended.stage == Stage.FAILED
    assert "another run is changing this router" in (ended.outcome or {})["reason"]


def test_a_fault_of_our_own_leaves_nobody_in_the_dark(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_options: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(applying, "carry_out", broken)
    change = site.planned(MTU)
    site.taken(change)
    with pytest.raises(ZeroDivisionError):
        site.runner.applying.apply(change.id)
    ended = site.book.find(OTTO, change.id)
    assert (ended.stage, ended.busy) == (Stage.UNKNOWN, None)
