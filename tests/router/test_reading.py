"""Whatever the network does, an answer is the whole answer or an error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yamaha_ops.errors import ConnectError, ConsoleError, IncompleteOutputError
from yamaha_ops.router import Reply, password, yes_or_no
from yamaha_ops.router.dialogue import Dialogue
from yamaha_ops.router.screen import decode

if TYPE_CHECKING:
    from types import SimpleNamespace

    from tests.router.conftest import Console, TimedWire

CONFIG = "\n".join(
    [
        "# RTX830 Rev.15.02.22 (Mon Dec 20 18:20:29 2021)",
        "# MAC Address : 00:a0:de:00:00:01, 00:a0:de:00:00:02",
        "# ",
        "# ",
        "# Reporting Date: Nov 24 16:37:12 2026",
        'description lan2 "能登ソ表の説明"',
        *(f"ip filter {n} pass * * tcp * {n}" for n in range(1, 60)),
        "ip route default gateway tunnel 1",
    ]
)


def begun(wire: TimedWire, administrator_password: str | None = None) -> Dialogue:
    dialogue = Dialogue(wire, "home", wire.clock)
    dialogue.begin(30)
    if administrator_password is not None:
        dialogue.ask(b"administrator", patience=30, replies=[password(administrator_password)])
        assert dialogue.prompt.administrator
    return dialogue


def shown(console: Console, answer: str) -> str:
    """Return an answer as this console shows it: broken at its width, in its character set."""
    rows = "\n".join(console.rows(answer.split("\n")))
    return rows.encode(console.codec, "replace").decode(console.codec)


def test_the_banner_is_what_comes_before_the_first_prompt(
    device: type[Console], wire: type[TimedWire]
) -> None:
    line = wire(device())
    dialogue = Dialogue(line, "home", line.clock)
    assert dialogue.begin(10).startswith(b"RTX830 Rev.15.02.22 (Mon Dec 20")
    assert dialogue.prompt.text == b"> "
    assert not dialogue.prompt.administrator
    assert line.now == 0  # nothing waits where nothing has to


@pytest.mark.parametrize("gap", [0.0, 0.3, 0.9, 3.0, 12.0])
@pytest.mark.parametrize(
    "cut",
    [
        b"\r\n# ",  # right after what looks like the prompt
        b"\r\n# \r\n",
        b"\r",
        b"\x94",  # inside a character: 能 is 94 5c
        b"---\x82",  # inside the pager's mark
        b"---\x82\xc2\x82\xc3\x82\xad---",  # right after it
        b"show c",  # inside the echo
    ],
)
def test_a_pause_anywhere_costs_nothing_but_time(
    device: type[Console],
    wire: type[TimedWire],
    pauses: SimpleNamespace,
    secrets: SimpleNamespace,
    cut: bytes,
    gap: float,
) -> None:
    console = device(answers={"show config all": CONFIG})
    dialogue = begun(wire(console, pauses.after([cut] * 3, gap)), secrets.administrator)
    for _ in range(2):
        answer = decode(dialogue.ask(b"show config all", patience=30), "cp932")
        assert answer == shown(console, CONFIG)


def test_every_byte_may_come_alone(
    device: type[Console], wire: type[TimedWire], pauses: SimpleNamespace, secrets: SimpleNamespace
) -> None:
    console = device(answers={"show config all": CONFIG})
    line = wire(console, pauses.chunked([(1, 0.02)] * 9999))
    answer = begun(line, secrets.administrator).ask(b"show config all", patience=30)
    assert decode(answer, "cp932") == shown(console, CONFIG)


def test_an_empty_line_that_the_pager_took_is_not_waited_for(
    device: type[Console], wire: type[TimedWire], pauses: SimpleNamespace, secrets: SimpleNamespace
) -> None:
    answer = "\n".join([*"abcdefgh", "# ", *"ijk"])  # the lookalike is the last row of a page
    console = device(answers={"show x": answer}, settings={"lines": "10"})
    line = wire(console, pauses.after([b"h\r\n# "], 0.1))
    dialogue = begun(line, secrets.administrator)
    assert decode(dialogue.ask(b"show x", patience=30), "cp932") == answer
    assert line.now < 0.3


def test_a_pager_that_forgets_what_was_typed_ahead_is_asked_again(
    device: type[Console], wire: type[TimedWire], pauses: SimpleNamespace, secrets: SimpleNamespace
) -> None:
    answer = "\n".join([*"abcdefgh", "# ", *"ijk"])
    console = device(answers={"show x": answer}, settings={"lines": "10"}, flushes_typed_ahead=True)
    line = wire(console, pauses.after([b"h\r\n# "], 0.1))
    dialogue = begun(line, secrets.administrator)
    assert decode(dialogue.ask(b"show x", patience=30), "cp932") == answer
    assert line.now < 2


def test_what_only_ends_like_a_prompt_is_given_time(
    device: type[Console], wire: type[TimedWire], pauses: SimpleNamespace
) -> None:
    console = device(answers={"show log": "UDP 192.0.2.1:5 > 192.0.2.2:53"}, name="RTX830")
    line = wire(console, pauses.after([b":5 > "], 0.3))
    dialogue = begun(line)
    typed = len(line.sent)
    assert dialogue.ask(b"show log", patience=30).startswith(b"UDP")
    assert line.sent[typed:] == b"show log\r\r"


LINES = st.sampled_from(
    [
        "# ",
        "# RTX830",
        "> ",
        "abc # ",
        "pp1# ",
        "---more---",
        "12 > ",
        "",
        "能ソ表 \\説明",
        "ip filter 1 pass * * *",
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
    {"lines": "12", "character": "ja.euc"},
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
    st.tuples(st.booleans(), st.booleans()),
)


@settings(max_examples=200, deadline=None)
@given(case=CASES)
def test_an_answer_is_whole_whatever_its_lines_look_like(
    device: type[Console],
    wire: type[TimedWire],
    pauses: SimpleNamespace,
    secrets: SimpleNamespace,
    case: tuple[list[str], str, dict[str, str], list[tuple[int, float]], tuple[bool, bool]],
) -> None:
    lines, name, console_settings, chunks, (loses_first_line, flushes_typed_ahead) = case
    answer = "\n".join([*lines, "the end"])
    console = device(
        answers={"show something": answer},
        name=name,
        settings=dict(console_settings),
        loses_first_line=loses_first_line,
        flushes_typed_ahead=flushes_typed_ahead,
    )
    dialogue = begun(wire(console, pauses.chunked(chunks)), secrets.administrator)
    for _ in range(2):
        got = decode(dialogue.ask(b"show something", patience=30), console.codec)
        assert got == shown(console, answer)
    entered = [line for line in console.entered if line]
    assert entered == ["administrator", "show something", "show something"]


@pytest.mark.parametrize("name", ["", "RTX830"])
def test_the_prompt_may_change_in_every_way(
    device: type[Console], wire: type[TimedWire], secrets: SimpleNamespace, name: str
) -> None:
    dialogue = begun(wire(device(name=name)), secrets.administrator)
    for command, context, prompt in (
        (b"pp select 1", "pp1", f"{name}pp1# "),
        (b"tunnel select 12", "tunnel12", f"{name}tunnel12# "),
        (b"tunnel select none", "", f"{name}# "),
        (b"console prompt edge", "", "edge# "),
        (b"pp select anonymous", "ppanonymous", "edgeppanonymous# "),
    ):
        assert dialogue.ask(command, patience=10) == b""
        assert dialogue.prompt.text.decode() == prompt
        assert dialogue.prompt.context == context


def test_silence_is_an_error_and_the_session_is_over(
    device: type[Console], wire: type[TimedWire], pauses: SimpleNamespace
) -> None:
    line = wire(device(answers={"show log": CONFIG}), pauses.after([b"Reporting"], 1000))
    dialogue = begun(line)
    with pytest.raises(IncompleteOutputError, match="thrown away"):
        dialogue.ask(b"show log", patience=15)
    assert 15 <= line.now < 16
    assert not dialogue.in_step
    with pytest.raises(ConsoleError, match="out of step"):
        dialogue.ask(b"show log", patience=15)


def test_a_trickle_does_not_hold_us_for_ever(device: type[Console], wire: type[TimedWire]) -> None:
    line = wire(device(answers={"show log": "x" * 5000}))
    dialogue = begun(line)
    line.pause = lambda _: 1.0
    with pytest.raises(IncompleteOutputError):
        dialogue.ask(b"show log", patience=2)
    assert 39 < line.now < 42


def test_a_limit_is_for_the_whole_answer(device: type[Console], wire: type[TimedWire]) -> None:
    line = wire(device(answers={"show log": "x" * 5000}))
    dialogue = begun(line)
    line.pause = lambda _: 1.0
    with pytest.raises(IncompleteOutputError):
        dialogue.ask(b"show log", patience=5, limit=5)
    assert line.now < 6


def test_a_lost_line_is_named(device: type[Console], wire: type[TimedWire]) -> None:
    dialogue = begun(wire(device()))
    with pytest.raises(ConnectError, match="closed the connection"):
        dialogue.ask(b"exit", patience=10)


def test_an_unexpected_question_is_an_error_and_is_not_answered(
    device: type[Console], wire: type[TimedWire], secrets: SimpleNamespace
) -> None:
    line = wire(device(unsaved=True))
    dialogue = begun(line, secrets.administrator)
    typed = len(line.sent)
    with pytest.raises(ConsoleError, match="question") as caught:
        dialogue.ask(b"exit", patience=10)
    assert line.now < 3  # it does not wait for its patience to end
    assert caught.value.output == "新しい設定を保存しますか? (Y/N)"
    assert line.sent[typed:] == b"exit\r"


@pytest.mark.parametrize("one_key", [True, False])
def test_the_save_question_is_answered_with_and_without_enter(
    device: type[Console], wire: type[TimedWire], secrets: SimpleNamespace, *, one_key: bool
) -> None:
    console = device(unsaved=True, one_key_answers=one_key)
    line = wire(console)
    dialogue = begun(line, secrets.administrator)
    dialogue.ask(b"exit", patience=10, replies=[yes_or_no("N")])
    assert not dialogue.prompt.administrator
    assert console.saved == []
    assert line.sent.count(b"N") == 1


def test_a_password_is_typed_at_its_question_only(
    device: type[Console], wire: type[TimedWire], pauses: SimpleNamespace, secrets: SimpleNamespace
) -> None:
    console = device(loses_first_line=True)
    dialogue = begun(wire(console, pauses.chunked([(3, 1.1)] * 200)), secrets.administrator)
    assert secrets.administrator not in console.entered
    assert dialogue.prompt.administrator


def test_a_wrong_password_leaves_the_user_prompt(
    device: type[Console], wire: type[TimedWire]
) -> None:
    dialogue = begun(wire(device()))
    answer = dialogue.ask(b"administrator", patience=10, replies=[password("wrong")])
    assert not dialogue.prompt.administrator
    assert "パスワード".encode("cp932") in answer


def test_a_reply_never_shows_its_text() -> None:
    assert "planted" not in repr(Reply(re.compile(b"x"), b"planted"))


def test_other_text_between_two_commands_ends_the_session(
    device: type[Console], wire: type[TimedWire]
) -> None:
    line = wire(device())
    dialogue = begun(line)
    line.ready.append((0.0, b"\r\nLAN2: link down\r\n> "))
    with pytest.raises(ConsoleError, match="no command asked for"):
        dialogue.ask(b"show log", patience=10)


def test_leaving_waits_for_the_router_to_hang_up(
    device: type[Console], wire: type[TimedWire]
) -> None:
    line = wire(device())
    dialogue = begun(line)
    dialogue.leave(b"exit", patience=3)
    assert line.console.entered[-1] == "exit"
    assert line.now == 0
    assert not dialogue.in_step
