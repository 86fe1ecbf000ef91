"""What the console did to a text is undone, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yamaha_ops.router import screen


@pytest.mark.parametrize(
    ("codec", "mark", "width"),
    [
        ("cp932", "---つづく---", 12),
        ("euc_jp", "---つづく---", 12),
        ("utf-8", "---つづく---", 12),
        ("ascii", "---more---", 10),
    ],
)
@pytest.mark.parametrize("around", ["\r", "", "\b" * 12])
def test_a_pager_mark_leaves_with_the_blanks_that_overwrote_it(
    codec: str, mark: str, width: int, around: str
) -> None:
    # RTX1300/show_status_dhcp: the blank before the label belongs to the line.
    label = " Client" if codec == "ascii" else " クライアント"
    text = f"a\r\n{mark}{around}{' ' * width}{around}{label}: 1\r\nb\r\n"
    assert screen.decode(text.encode(codec), codec) == f"a\n{label}: 1\nb"


def test_a_mark_that_nothing_overwrote_is_text() -> None:
    text = b"2026/01/01 00:00:00: ---more--- of it\r\n"
    assert screen.decode(text, "ascii") == "2026/01/01 00:00:00: ---more--- of it"


def test_a_byte_that_the_codec_does_not_know_stays_visible() -> None:
    assert screen.decode(b"a\xffb\r\n", "ascii") == "a�b"


@pytest.mark.parametrize("codec", screen.JAPANESE_CODECS)
@pytest.mark.parametrize("word", ["検索中 ...", "エラー: コマンド名を確認してください"])
def test_the_codec_is_told_by_the_consoles_own_words(codec: str, word: str) -> None:
    assert screen.codec_of(word.encode(codec)) == codec
    assert screen.codec_of(b"Searching ...") is None


def wrapped(lines: list[str], columns: int) -> list[str]:
    """Break lines as the router does: after columns - 1 cells, full-width characters whole."""
    rows = []
    for line in lines:
        row = ""
        for character in line:
            if screen.cells(row + character) > columns - 1:
                rows.append(row)
                row = ""
            row += character
        rows.append(row)
    return rows


TEXT = st.text(st.sampled_from("abc 漢能1"), min_size=1, max_size=900)


@given(st.lists(TEXT, max_size=6))
def test_two_readings_at_different_widths_give_the_lines_back(lines: list[str]) -> None:
    first, second = wrapped(lines, 200), wrapped(lines, 190)
    assert screen.rejoined(first, second) == lines


def test_a_line_exactly_as_long_as_the_console_is_wide_is_not_joined() -> None:
    lines = ["x" * 199, "y", "z" * 398, "end"]
    rows = wrapped(lines, 200)
    assert all(screen.is_full(row, 200) for row in rows if len(row) == 199)
    assert screen.rejoined(rows, wrapped(lines, 190)) == lines


def test_two_readings_of_different_texts_are_not_joined() -> None:
    assert screen.rejoined(["a" * 199, "b"], ["a" * 189, "a" * 10, "c"]) is None
