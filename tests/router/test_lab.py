"""Sessions with the emulated router: configurations, borrowed settings, crashes."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.config import Configuration, difference
from yamaha_ops.errors import (
    AuthenticationError,
    ConnectError,
    ConsoleError,
    IncompleteOutputError,
    YamahaOpsError,
)
from yamaha_ops.router import connect
from yamaha_ops.router.console import QUESTION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yamaha_ops.inventory import Router
    from yamaha_ops.lab import LabRouter
    from yamaha_ops.router import ShellSession

    Entry = Callable[..., Router]

LONG = "ip route 10.0.0.0/8 gateway " + " ".join(f"192.168.100.{n}" for n in range(1, 100))
EXACT = "description lan2 " + "x" * (199 - len("description lan2 "))


def settings(session: ShellSession) -> list[str]:
    return session.run(QUESTION).split("\n")[1:]


def undated(text: str) -> list[str]:
    """Return lines without the time of printing."""
    return [line for line in text.splitlines() if not line.startswith("# Reporting Date")]


def records(state: Path) -> list[Path]:
    return list((state / "console").glob("*.json"))


@pytest.mark.parametrize("firmware", ["15.02.09", "15.02.22"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_configuration_is_whole_and_nothing_is_left_changed(
    start: Callable[..., LabRouter], entry: Entry, tmp_path: Path, firmware: str, language: str
) -> None:
    router = start(firmware=firmware, language=language)
    router.type('description lan1 "能登ソ表の説明"', LONG, EXACT, "console columns 120")
    before = router.running.text
    with connect(entry(router.port), state=tmp_path) as session:
        text = session.configuration()
        assert records(tmp_path) == []
        assert undated(session.configuration()) == undated(text)
    assert router.running.text == before
    lines = text.splitlines()
    assert {"description lan1 能登ソ表の説明", LONG, EXACT, "console columns 120"} <= set(lines)
    assert difference(Configuration.parse(text), Configuration.parse(before)).commands == ()
    assert len([line for line in lines if line[:1] != "#"]) == len(before.splitlines())


def test_reading_changes_nothing(emulated: LabRouter, entry: Entry, tmp_path: Path) -> None:
    before = emulated.running.text
    with connect(entry(emulated.port), state=tmp_path) as session:
        for command in ("show environment", "show status lan1", "show log", "show config"):
            assert session.run(command)
        session.keep_alive()
    assert emulated.running.text == before
    assert not records(tmp_path)


def test_saving_keeps_no_borrowed_setting(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    with connect(entry(emulated.port), state=tmp_path) as session:
        with session.wide():
            assert settings(session) == ["console columns 4096", "console lines infinity"]
            assert session.send("ip filter 1 pass * * * * *") == ""
            assert "CONFIG0" in session.save()
        assert settings(session) == []
    saved = emulated.saved
    assert saved is not None
    assert "ip filter 1 pass * * * * *" in saved.text
    assert "console" not in saved.text


def test_the_next_session_puts_back_what_a_dead_one_borrowed(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    emulated.type("console columns 100", "console character en.ascii")
    before = emulated.running.text
    session = connect(entry(emulated.port), state=tmp_path)
    with session.wide():
        session.drop()
    assert emulated.running.text != before
    assert records(tmp_path)
    with connect(entry(emulated.port), state=tmp_path) as session:
        session.administrator()
        assert emulated.running.text == before
        assert not records(tmp_path)
        assert "console columns 100\n" in session.configuration()


KILLED = """
import sys, time
from pathlib import Path
from yamaha_ops.inventory import Router
from yamaha_ops.router import connect

entry = Router.model_validate_json(sys.argv[1], context={"base": Path(sys.argv[2])})
with connect(entry, state=Path(sys.argv[2])) as session, session.wide():
    print("wide", flush=True)
    time.sleep(60)
"""


def test_the_next_session_puts_back_what_a_killed_process_borrowed(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    before = emulated.running.text
    router = entry(emulated.port)
    command = [sys.executable, "-c", KILLED, router.model_dump_json(), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "wide\n"
        with connect(router, state=tmp_path) as session:
            session.administrator()
            assert len(settings(session)) == 2  # it lives: nothing is taken from it
        process.kill()
    assert emulated.running.text != before
    with connect(router, state=tmp_path) as session:
        session.administrator()
    assert emulated.running.text == before
    assert not records(tmp_path)


def test_a_restart_needs_nothing_put_back(
    start: Callable[..., LabRouter], entry: Entry, tmp_path: Path
) -> None:
    router = start(boot_seconds=0.0)
    session = connect(entry(router.port), state=tmp_path)
    with session.wide():
        session.drop()
    router.power_cut()
    router.power_on()
    router.type("console lines 50")
    with connect(entry(router.port), state=tmp_path) as session:
        session.administrator()
        assert settings(session) == ["console lines 50"]
        assert not records(tmp_path)


def test_a_living_session_is_not_recovered_from(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    with connect(entry(emulated.port), state=tmp_path) as session, session.wide():
        with connect(entry(emulated.port), state=tmp_path) as other:
            other.administrator()
            assert len(settings(other)) == 2
        assert len(records(tmp_path)) == 1


def test_two_sessions_borrow_together_and_the_last_gives_back(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    before = emulated.running.text
    with (
        connect(entry(emulated.port), state=tmp_path) as one,
        connect(entry(emulated.port), state=tmp_path) as two,
    ):
        with one.wide():
            assert undated(two.configuration()) == undated(one.configuration())
            assert len(settings(one)) == 2
        assert settings(one) == settings(two) == []
    assert emulated.running.text == before


def test_many_sessions_in_threads(emulated: LabRouter, entry: Entry, tmp_path: Path) -> None:
    before = emulated.running.text
    texts: list[str] = []

    def read() -> None:
        with connect(entry(emulated.port), state=tmp_path) as session:
            texts.append(session.configuration())

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts) == 6
    assert len({Configuration.parse(text).digest for text in texts}) == 1
    assert emulated.running.text == before


def _read_over_a_line_that_breaks(session: ShellSession, router: LabRouter) -> None:
    router.faults.cut_after_bytes = 200
    session.run("show config")


def test_a_failed_read_leaves_the_record_for_the_next_session(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    before = emulated.running.text
    session = connect(entry(emulated.port), state=tmp_path)
    session.administrator()
    with session.wide(), pytest.raises(ConnectError):
        _read_over_a_line_that_breaks(session, emulated)
    emulated.faults.clear()
    assert records(tmp_path)
    session.close()
    with connect(entry(emulated.port), state=tmp_path) as session:
        session.administrator()
    assert emulated.running.text == before


def test_a_disk_that_refuses_the_record_keeps_everything_from_being_sent(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    (tmp_path / "console").write_text("not a folder")
    before = emulated.running.text
    with connect(entry(emulated.port), state=tmp_path) as session:
        with pytest.raises(ConsoleError, match="cannot be kept"):
            session.configuration()
        assert session.usable
    assert emulated.running.text == before


def test_a_late_answer_is_an_error_and_not_the_next_answer(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    session = connect(entry(emulated.port), state=tmp_path)
    emulated.faults.delay_seconds = 0.6
    with pytest.raises(IncompleteOutputError):
        session.run("show environment", timeout=0.3)
    emulated.faults.clear()
    with pytest.raises(ConsoleError, match="out of step"):
        session.run("show log")
    session.drop()


def test_a_wrong_administrator_password_changes_nothing(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    (tmp_path / "administrator").write_text("not this")
    before = emulated.running.text
    with connect(entry(emulated.port), state=tmp_path) as session:
        with pytest.raises(AuthenticationError):
            session.configuration()
        assert session.usable
    assert emulated.running.text == before


def test_no_session_left_is_said(emulated: LabRouter, entry: Entry, tmp_path: Path) -> None:
    sessions = [connect(entry(emulated.port), state=tmp_path) for _ in range(8)]
    with pytest.raises(YamahaOpsError):
        connect(entry(emulated.port), state=tmp_path)
    for session in sessions:
        session.close()


def test_the_pager_and_the_width_of_the_console_do_not_lose_a_line(
    emulated: LabRouter, entry: Entry, tmp_path: Path
) -> None:
    emulated.type(*(f"ip filter {n} pass * * tcp * {n}" for n in range(1, 120)))
    emulated.type("console lines 10", "console columns 4096")
    with connect(entry(emulated.port), state=tmp_path) as session:
        paged = session.run("show config")
        whole = session.configuration()
    assert undated(paged) == undated(whole)
