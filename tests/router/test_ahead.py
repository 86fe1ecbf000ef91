"""Empty lines that are entered together with a command save round trips and never cost a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yamaha_ops.health import MODULES, Interfaces
from yamaha_ops.router import password
from yamaha_ops.router.ahead import typed_ahead
from yamaha_ops.router.dialogue import Dialogue
from yamaha_ops.router.screen import decode

if TYPE_CHECKING:
    from types import SimpleNamespace

    from tests.router.conftest import Console, TimedWire

COMMAND = "show status something"
SHORT = "LAN1\n説明: 能登ソ表\n# of packets: 12 >"
LONG = "\n".join([SHORT, *(f"row {number} # " for number in range(40)), "the end"])


def begun(wire: TimedWire, administrator_password: str | None = None) -> Dialogue:
    dialogue = Dialogue(wire, "home", wire.clock)
    dialogue.begin(30)
    if administrator_password is not None:
        dialogue.ask(b"administrator", patience=30, replies=[password(administrator_password)])
    return dialogue


def shown(console: Console, answer: str) -> str:
    rows = "\n".join(console.rows(answer.split("\n")))
    return rows.encode(console.codec, "replace").decode(console.codec)


def test_what_a_round_of_health_asks_is_typed_ahead() -> None:
    known = Interfaces(lans=("lan1", "lan2"), tunnels=(1,), pps=(1,))
    for module in MODULES.values():
        for command in module.questions(known):
            assert typed_ahead(command.encode()), command


@pytest.mark.parametrize(
    "command",
    [
        "show config",
        "show config 1",
        "show config difference 0",
        "show techinfo",
        "show log",
        "show file list /",
        "show status lan1 > usb1:x",
        "show status lan1 | grep LAN",
        "show environment | less",
        "show environments",
        "administrator",
        "ip route default gateway pp 1",
        "exit",
        "save",
        "restart",
        "",
    ],
)
def test_what_may_ask_or_print_anything_is_not(command: str) -> None:
    assert not typed_ahead(command.encode())


@pytest.mark.parametrize(("name", "empty_lines"), [("", 2), ("RTX830", 1)])
def test_one_packet_goes_out_and_nothing_waits(
    device: type[Console], wire: type[TimedWire], name: str, empty_lines: int
) -> None:
    console = device(answers={COMMAND: SHORT}, name=name)
    line = wire(console)
    dialogue = begun(line)
    for _ in range(3):
        typed = len(line.sent)
        assert decode(dialogue.ask(COMMAND.encode(), patience=9), "cp932") == SHORT
        assert line.sent[typed:] == COMMAND.encode() + b"\r" + b"\r" * empty_lines
    assert line.now == 0


def test_a_router_that_forgets_what_was_typed_ahead_is_noticed_once(
    device: type[Console], wire: type[TimedWire]
) -> None:
    line = wire(device(answers={COMMAND: SHORT}, forgets_typed_ahead=True))
    dialogue = begun(line)
    assert decode(dialogue.ask(COMMAND.encode(), patience=9), "cp932") == SHORT
    before = line.now
    assert 1 <= before < 5
    for _ in range(3):
        assert decode(dialogue.ask(COMMAND.encode(), patience=9), "cp932") == SHORT
    assert line.now == before


def test_a_console_that_echoes_at_once_loses_nothing(
    device: type[Console], wire: type[TimedWire]
) -> None:
    line = wire(device(answers={COMMAND: SHORT}, echoes_at_once=True))
    dialogue = begun(line)
    assert SHORT in decode(dialogue.ask(COMMAND.encode(), patience=30), "cp932")
    before = line.now
    for _ in range(3):
        assert decode(dialogue.ask(COMMAND.encode(), patience=30), "cp932") == SHORT
    assert line.now == before


LINES = st.sampled_from(
    [
        "# RTX830",
        "> x",
        "abc # ",
        "pp1# ",
        "---more---",
        "12 > ",
        "",
        "能ソ表 \\説明",
        "x" * 79,
        "y" * 200,
        "z" * 78 + "漢",
    ]
)
CONSOLES: tuple[dict[str, str], ...] = (
    {},
    {"lines": "infinity"},
    {"columns": "200"},
    {"lines": "10", "character": "ja.utf8"},
    {"lines": "11", "character": "ja.euc"},
    {"lines": "12", "character": "en.ascii"},
)
CHUNKS = st.lists(
    st.tuples(st.integers(1, 200), st.sampled_from([0.0, 0.05, 0.4, 0.7, 1.3, 4.0])), max_size=40
)
CASES = st.tuples(
    st.lists(LINES, max_size=60),
    st.sampled_from(["", "RTX830"]),
    st.sampled_from(CONSOLES),
    CHUNKS,
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)


@settings(max_examples=200, deadline=None)
@given(case=CASES)
def test_a_table_is_whole_whatever_the_network_and_the_pager_do(
    device: type[Console],
    wire: type[TimedWire],
    pauses: SimpleNamespace,
    secrets: SimpleNamespace,
    case: tuple[list[str], str, dict[str, str], list[tuple[int, float]], tuple[bool, bool, bool]],
) -> None:
    lines, name, console_settings, chunks, (administrator, flushes, forgets) = case
    answer = "\n".join([*lines, "the end"])
    console = device(
        answers={COMMAND: answer},
        name=name,
        settings=dict(console_settings),
        flushes_typed_ahead=flushes,
        forgets_typed_ahead=forgets,
    )
    dialogue = begun(
        wire(console, pauses.chunked(chunks)), secrets.administrator if administrator else None
    )
    for _ in range(3):
        got = decode(dialogue.ask(COMMAND.encode(), patience=60), console.codec)
        assert got == shown(console, answer)
    assert [line for line in console.entered if line != "administrator" and line] == [COMMAND] * 3


@pytest.mark.parametrize("gap", [0.0, 0.3, 1.5, 6.0])
@pytest.mark.parametrize("cut", [b"\r\n> ", b"> \r\n", b"\r", b"---\x82", b"show s", b"row 7"])
def test_a_pause_anywhere_costs_nothing_but_time(
    device: type[Console], wire: type[TimedWire], pauses: SimpleNamespace, cut: bytes, gap: float
) -> None:
    console = device(answers={COMMAND: LONG})
    dialogue = begun(wire(console, pauses.after([cut] * 4, gap)))
    for _ in range(2):
        assert decode(dialogue.ask(COMMAND.encode(), patience=30), "cp932") == shown(console, LONG)
