"""Whatever the console does to an answer, the record is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yamaha_ops.errors import ParseError
from yamaha_ops.status import parse
from yamaha_ops.status.framing import answer, cells, decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.status.conftest import Recorded

WIDTHS = (*range(80, 100), 120, 132, 160, 200, 4096)
ENVIRONMENT = """RTX830 Rev.15.02.30 (Tue Jun  4 10:00:00 2024)
CPU:   1%(5sec)   2%(1min)   3%(5min)    メモリ: 24% used"""


def test_the_width_of_the_console_does_not_matter(
    recorded: Recorded, wrap: Callable[[str, int], str]
) -> None:
    want = parse(recorded.command, recorded.unbroken)
    for columns in WIDTHS:
        assert parse(recorded.command, wrap(recorded.unbroken, columns)) == want, columns


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "euc_jp"])
def test_the_encoding_does_not_matter(recorded: Recorded, encoding: str) -> None:
    text = recorded.unbroken
    assert parse(recorded.command, text.encode(encoding)) == parse(recorded.command, text)


@pytest.mark.parametrize("prompt", ["# ", "> ", "tokyo-rtx# ", "tunnel1# ", "tokyo-rtxpp1# "])
def test_echo_prompts_and_other_commands_do_not_matter(recorded: Recorded, prompt: str) -> None:
    bare = "\n".join(answer(recorded.unbroken, recorded.command))
    captured = (
        f"{prompt}show status boot\n電源オン\n{prompt}{recorded.command}\n{bare}\n"
        f"{prompt}show clock\n2026/01/02\n{prompt}"
    ).replace("\n", "\r\n")
    assert parse(recorded.command, captured.encode("cp932")) == parse(recorded.command, bare)


@pytest.mark.parametrize(
    "mark",
    [
        "---つづく---" + " " * 12,
        "---more---" + " " * 10,
        "---つづく---\r            \r",
        "---more---\r            \r",
        "---more---" + "\b" * 10 + " " * 10 + "\b" * 10,
    ],
)
def test_pager_marks_do_not_matter(recorded: Recorded, mark: str) -> None:
    lines = answer(recorded.unbroken, recorded.command)
    want = parse(recorded.command, "\n".join(lines))
    for at in range(len(lines)):
        paged = [*lines[:at], mark + lines[at], *lines[at + 1 :]]
        assert parse(recorded.command, "\r\n".join(paged).encode()) == want


@pytest.mark.parametrize("mark", ["---つづく---" + " " * 12, "---more---" + " " * 10])
def test_a_page_may_end_inside_a_broken_line(
    recorded: Recorded, wrap: Callable[[str, int], str], mark: str
) -> None:
    text = "\n".join(answer(recorded.unbroken, recorded.command))
    want = parse(recorded.command, text)
    for columns in (80, 90, 100):
        lines = wrap(text, columns).split("\n")
        for page in (2, 3, 7):
            paged = [mark + line if n and n % page == 0 else line for n, line in enumerate(lines)]
            assert parse(recorded.command, "\r\n".join(paged).encode("cp932")) == want


def test_an_abbreviated_echo_counts() -> None:
    assert answer("rtx> sh env\nA\nrtx> ", "show environment") == ["A"]


def test_an_echo_that_the_console_broke_counts() -> None:
    text = "# show nat descriptor masquerade ses\nsion summary\nA"
    assert answer(text, "show nat descriptor masquerade session summary") == ["A"]


def test_a_broken_line_that_begins_like_a_prompt_is_kept() -> None:
    text = "# show log\nUDP 192.0.2.1:500\n> 192.0.2.2:500\n# "
    assert answer(text, "show log") == ["UDP 192.0.2.1:500", "> 192.0.2.2:500"]


def test_control_characters_are_no_text() -> None:
    assert answer("\x1b[2KA\x00B\x1b[0m\r\n", "show log") == ["AB"]


def test_second_bytes_that_look_like_syntax_are_decoded_first() -> None:
    text = "説明: ソースコード表"  # every second byte of ソ and 表 is a backslash, of ー a bracket
    assert decode(text.encode("cp932")) == text


@given(st.binary(max_size=64))
def test_any_bytes_decode(data: bytes) -> None:
    assert isinstance(decode(data), str)


@pytest.mark.parametrize(("text", "width"), [("LAN2", 4), ("説明:", 5), ("ｱ", 1)])
def test_full_width_characters_take_two_cells(text: str, width: int) -> None:
    assert cells(text) == width


def test_an_unknown_line_is_counted_and_changes_nothing(recorded: Recorded) -> None:
    lines = answer(recorded.unbroken, recorded.command)
    want = parse(recorded.command, "\n".join(lines))
    stranger = "  新しい項目: 12 個"
    for at in range(len(lines) + 1):
        text = "\n".join([*lines[:at], stranger, *lines[at:]])
        got = parse(recorded.command, text)
        if at and "show ip" in recorded.command and "route" in recorded.command:
            # An indented line below a route can be the rest of it: see the two-line IPv6 rows.
            continue
        if max(map(cells, lines)) >= 78 and at and cells(lines[at - 1]) >= 78:
            # Ends where a console's edge may be: the stranger may be its rest.
            continue
        assert got.record == want.record, at
        assert got.unknown_lines == (stranger.strip(),)


def test_an_answer_to_another_command_is_refused() -> None:
    with pytest.raises(ParseError, match="not an answer to 'show arp'"):
        parse("show arp", ENVIRONMENT)


@pytest.mark.parametrize(
    "text", ["エラー: コマンド名を確認してください", "Error: Invalid command name"]
)
def test_an_error_of_the_router_is_no_record(text: str) -> None:
    with pytest.raises(ParseError):
        parse("show environment", text)


def test_a_command_without_a_record_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(ParseError) as caught:
        parse("show techinfo", "")
    assert "show environment" in str(caught.value.hint)


def test_spelling_of_the_command_is_free() -> None:
    assert parse("  Show   ENVIRONMENT detail ", ENVIRONMENT).record.memory_used_ratio == 0.24
