"""Bars on a terminal of eighty columns, plain lines where there is none."""

from __future__ import annotations

import io
import re

from rich.console import Console

from yamaha_ops.change.event import Event, Kind
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.cli._progress import Progress

WIDTH = 80
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def _console(*, terminal: bool) -> Console:
    return Console(
        file=io.StringIO(),
        force_terminal=terminal,
        width=WIDTH,
        color_system=None,
        highlight=False,
        legacy_windows=False,
    )


def _lines(console: Console) -> list[str]:
    assert isinstance(console.file, io.StringIO)
    return re.split(r"[\r\n]+", CONTROL.sub("", console.file.getvalue()))


def test_a_bar_shows_commands_then_seconds_of_the_time_that_is_allowed() -> None:
    console = _console(terminal=True)
    progress = Progress(console)
    progress(Event("home", Kind.PROGRESS, "sending", 12, 45))
    progress(Event("home", Kind.STEP, "45 commands sent"))
    progress(Event("home", Kind.PROGRESS, "verifying", 4, 60, "s"))
    progress.close()
    lines = _lines(console)
    assert any("sending" in line and "12 of 45" in line for line in lines)
    assert any("verifying" in line and "4 of 60 s" in line for line in lines)
    assert any("✓ 45 commands sent" in line for line in lines)
    assert max(map(len, lines)) <= WIDTH


def test_of_many_each_router_has_its_state_and_all_have_a_bar() -> None:
    console = _console(terminal=True)
    progress = Progress(console, many=True, total=50)
    progress.begin()
    progress(Event("a-router-with-a-name-that-is-long", Kind.STEP, "reachable on a new connection"))
    progress(Event("tokyo-2", Kind.PROGRESS, "sending", 3, 9))
    progress(Event("tokyo-2", Kind.FAILURE, "the line does not work"))
    progress.ended(Outcome("tokyo-2", Result.TAKEN_BACK, "the line does not work"))
    progress.close()
    lines = _lines(console)
    assert any("all routers" in line and "0 of 50" in line for line in lines)
    assert any("all routers" in line and "1 of 50, 1 failed" in line for line in lines)
    assert any("tokyo-2  sending" in line and "3 of 9" in line for line in lines)
    assert any("✗ tokyo-2: the line does not work" in line for line in lines)
    assert max(map(len, lines)) <= WIDTH


def test_without_a_terminal_there_are_only_whole_lines() -> None:
    console = _console(terminal=False)
    progress = Progress(console)
    progress(Event("home", Kind.PROGRESS, "sending", 12, 45))
    progress(Event("home", Kind.STEP, "45 commands sent"))
    progress(Event("home", Kind.PROGRESS, "verifying", 4, 60, "s"))
    progress(Event("home", Kind.WARNING, "not saved by whoever typed it"))
    progress.close()
    assert _lines(console) == ["  ✓ 45 commands sent", "  ! not saved by whoever typed it", ""]


def test_a_name_with_brackets_is_no_markup() -> None:
    console = _console(terminal=True)
    progress = Progress(console, many=True)
    progress(Event("[red]x", Kind.PROGRESS, "sending", 1, 2))
    progress.close()
    assert any("[red]x  sending" in line for line in _lines(console))
