"""Commands that are entered together give exactly the answers they give one by one, or an error."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yamaha_ops.health import MODULES, STANDARD, Interfaces
from yamaha_ops.router import TOGETHER, TypedAheadError, connect, reading, shell, volley
from yamaha_ops.router.ahead import SHORT_ROWS, TOGETHER_BYTES, typed_ahead, volleys
from yamaha_ops.router.dialogue import Dialogue
from yamaha_ops.router.screen import decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import SimpleNamespace

    from tests.router.conftest import Console, TimedWire
    from yamaha_ops.inventory import Router
    from yamaha_ops.lab import LabRouter

    Entry = Callable[..., Router]

COMMANDS = [f"show status lan{number}" for number in range(1, TOGETHER + 1)]
KNOWN = Interfaces(lans=("lan1", "lan2"), tunnels=(1, 20), pps=(1,))


def begun(wire: TimedWire) -> Dialogue:
    dialogue = Dialogue(wire, "home", wire.clock)
    dialogue.begin(30)
    return dialogue


def shown(console: Console, answer: str) -> str:
    rows = "\n".join(console.rows(answer.split("\n")))
    return rows.encode(console.codec, "replace").decode(console.codec)


def asked_together(dialogue: Dialogue, codec: str = "cp932") -> list[str]:
    lines = [command.encode() for command in COMMANDS]
    return [decode(body, codec) for body in dialogue.ask_together(lines, patience=30)]


# --- which -----------------------------------------------------------------------------------


def test_a_round_goes_out_in_few_packets_once_its_answers_are_known_to_be_short() -> None:
    commands = list(STANDARD.questions(KNOWN))
    first = list(volleys(commands, {}))
    later = list(volleys(commands, dict.fromkeys(commands, SHORT_ROWS)))
    assert [*chain(*first)] == [*chain(*later)] == commands
    assert len(later) < len(first) < len(commands)
    for group in [*first, *later]:
        assert len(group) <= TOGETHER
        assert len("\r".join(group)) <= TOGETHER_BYTES


def test_nothing_is_typed_behind_what_may_meet_the_pager() -> None:
    assert list(volleys(["show arp", "show status yno"], {})) == [["show arp"], ["show status yno"]]
    known = {"show status yno": SHORT_ROWS + 1}
    commands = ["show status yno", "show status lan1"]
    assert list(volleys(commands, known)) == [["show status yno"], ["show status lan1"]]


@pytest.mark.parametrize("command", ["show config", "show log", "administrator", "save", ""])
def test_what_is_not_on_the_list_is_entered_alone(command: str) -> None:
    around = ["show environment", command, "show environment"]
    assert list(volleys(around, dict.fromkeys(around, 1))) == [[each] for each in around]


def test_one_at_a_time_is_one_at_a_time() -> None:
    assert list(volleys(COMMANDS, {}, 1)) == [[command] for command in COMMANDS]


ENTERED_ALONE = ("save", "restart", "exit", "quit", "confirm", "administrator", "cold start")
"""What the console takes without a parameter, and must not take by accident (REF 56)."""


def test_what_a_pager_leaves_of_a_command_does_nothing() -> None:
    commands = {command for module in MODULES.values() for command in module.questions(KNOWN)}
    groups = volleys(sorted(commands), dict.fromkeys(commands, 1))
    behind = {command for group in groups for command in group[1:]}
    assert len(behind) > len(commands) / 2
    for command in behind:
        # A word may be shortened to what is unambiguous; single letters never are.
        for left in (command[start:].strip() for start in range(1, len(command) - 1)):
            assert not any(word.startswith(left) for word in ENTERED_ALONE), (command, left)


# --- how -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "empty_lines"), [("", 2), ("RTX830", 1)])
def test_one_packet_goes_out_and_nothing_waits(
    device: type[Console], wire: type[TimedWire], name: str, empty_lines: int
) -> None:
    answers = dict(zip(COMMANDS, ["LAN1\n説明: 能登ソ表", "", "> show\n# x >", "x"], strict=True))
    line = wire(device(answers=answers, name=name))
    dialogue = begun(line)
    for _ in range(3):
        typed = len(line.sent)
        assert asked_together(dialogue) == list(answers.values())
        assert line.sent[typed:] == "\r".join([*COMMANDS, *[""] * (empty_lines + 1)]).encode()
    assert line.now == 0


@pytest.mark.parametrize(
    "fault", ["flushes_typed_ahead", "forgets_typed_ahead", "echoes_at_once", "none"]
)
def test_what_was_not_kept_is_an_error_in_seconds_and_ends_the_dialogue(
    device: type[Console], wire: type[TimedWire], fault: str
) -> None:
    long = "\n".join(f"row {number}" for number in range(40))
    console = device(answers=dict.fromkeys(COMMANDS, long))
    if fault != "none":
        setattr(console, fault, True)
    line = wire(console)
    dialogue = begun(line)
    with pytest.raises(TypedAheadError):
        asked_together(dialogue)
    assert line.now <= 4
    assert not dialogue.in_step


def test_the_last_answer_may_meet_the_pager(device: type[Console], wire: type[TimedWire]) -> None:
    long = "\n".join(f"row {number}" for number in range(60))
    console = device(answers={**dict.fromkeys(COMMANDS, "x"), COMMANDS[-1]: long})
    dialogue = begun(wire(console))
    for _ in range(2):
        assert asked_together(dialogue) == ["x", "x", "x", long]


LINES = st.sampled_from(
    [
        "# RTX830",
        "> x",
        "abc # ",
        "pp1# ",
        "---more---",
        "12 > ",
        "> ",
        "",
        "能ソ表 \\説明",
        "x" * 79,
        "y" * 200,
        "> show status lan1",
        "show status lan2",
        "> show status lan3 x",
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
ANSWER = st.one_of(st.lists(LINES, max_size=4), st.lists(LINES, max_size=30))
CASES = st.tuples(
    st.lists(ANSWER, min_size=TOGETHER, max_size=TOGETHER),
    st.sampled_from(["", "RTX830"]),
    st.sampled_from(CONSOLES),
    CHUNKS,
    st.sampled_from(["flushes_typed_ahead", "forgets_typed_ahead", "echoes_at_once", *[""] * 5]),
)


@settings(max_examples=300, deadline=None)
@given(case=CASES)
def test_answers_are_whole_and_their_own_whatever_the_network_and_the_pager_do(
    device: type[Console],
    wire: type[TimedWire],
    pauses: SimpleNamespace,
    case: tuple[list[list[str]], str, dict[str, str], list[tuple[int, float]], str],
) -> None:
    answers, name, console_settings, chunks, fault = case
    table = {
        command: "\n".join([*lines, f"the end of {number}"])
        for number, (command, lines) in enumerate(zip(COMMANDS, answers, strict=True))
    }
    console = device(answers=table, name=name, settings=dict(console_settings))
    dialogue = begun(wire(console, pauses.chunked(chunks)))
    if fault:
        setattr(console, fault, True)
    try:
        told = asked_together(dialogue, console.codec)
    except TypedAheadError:
        assert not dialogue.in_step
        return
    assert told == [shown(console, table[command]) for command in COMMANDS]
    again = dialogue.ask(COMMANDS[0].encode(), patience=60)
    assert decode(again, console.codec) == told[0]


# --- a whole session ---------------------------------------------------------------------------


def test_a_session_gives_the_same_answers_together_and_one_by_one(
    emulated: LabRouter, entry: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine must not make a silent router of the emulated one.
    monkeypatch.setattr(shell, "TOGETHER_PATIENCE", 300.0)
    monkeypatch.setattr(volley, "FORGOTTEN", 300.0)
    monkeypatch.setattr(reading, "LOST", 300.0)
    commands = [*STANDARD.questions(KNOWN), "show nothing", "show status lan1"]
    quiet = [c for c in commands if "route" in c or "nat" in c or c in {"show arp", "show nothing"}]
    with connect(entry(emulated.port), state=tmp_path) as session:
        rows: dict[str, int] = {}
        alone = [str(told) for [told] in session.run_all(quiet, rows=rows)]
        for _ in range(2):
            together = list(session.run_all(quiet, at_once=TOGETHER, rows=rows))
            assert [str(told) for told in chain(*together)] == alone
            assert len(together) < len(alone)
        told = [*chain(*session.run_all(commands, 300, at_once=TOGETHER))]
        assert len(told) == len(commands)
        assert list(session.run_all(commands, 0.0, at_once=TOGETHER)) == []
        assert session.usable
        assert all(typed_ahead(c.encode()) for c in commands if c != "show nothing")
