"""Tables for people: no address and no other word is broken, however narrow the terminal is."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from yamaha_ops.cli._records import Grid

ADDRESS = "2001:db8:1111:2222:3333:4444:5555:6666"
ROWS = [
    {"router": "home", "address": ADDRESS, "since": "29d 23h 58m 48s", "説明": "自宅の回線"},
    {"router": "branch-office-01", "address": "192.0.2.1", "note": "one\ntwo three"},
]


def rendered(rows: list[dict[str, str]], width: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(Grid(rows))
    return out.getvalue().split("\n")


@pytest.mark.parametrize("width", [200, 120, 100, 80, 60])
def test_every_word_is_whole_and_every_line_fits(width: int) -> None:
    lines = rendered(ROWS, width)
    text = "\n".join(lines)
    words = [word for row in ROWS for cell in row.values() for word in cell.split()]
    assert [word for word in words if word not in text] == []
    assert max(map(cell_len, lines)) <= width


def test_where_there_is_room_a_row_is_a_line() -> None:
    head, first, *_ = rendered(ROWS, 200)
    assert head.split() == ["router", "address", "since", "説明", "note"]
    assert first.split() == ["home", ADDRESS, "29d", "23h", "58m", "48s", "自宅の回線"]


def test_where_there_is_none_each_row_is_a_block() -> None:
    lines = [line.split() for line in rendered(ROWS, 60)]
    assert lines[:2] == [["router", "home"], ["address", ADDRESS]]
    assert [] in lines
    assert ["address", "192.0.2.1"] in lines


def test_nothing_is_nothing() -> None:
    assert "".join(rendered([], 80)).strip() == ""
