"""What a session borrows is written down first and given back exactly."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import ConsoleError
from yamaha_ops.router import console
from yamaha_ops.router.console import Borrowed, Record

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("model", "firmware", "columns"),
    [
        ("RTX830", "Rev.15.02.13", 200),
        ("RTX830", "Rev.15.02.14", 4096),
        ("RTX830", "Rev.15.02.31", 4096),
        ("RTX1210", "Rev.14.01.34", 200),
        ("RTX1210", "Rev.14.01.35", 4096),
        ("RTX3500", "Rev.14.00.33", 200),
        ("RTX1300", "Rev.23.00.17", 4096),
        ("RTX830", "Rev.strange", 200),
        ("RTX1200", "Rev.10.01.71", 200),
    ],
)
def test_columns_are_the_most_the_revision_takes(model: str, firmware: str, columns: int) -> None:
    assert console.most_columns(model, firmware) == columns  # REF 4.22


def test_only_what_differs_is_borrowed_and_defaults_are_taken_away_again() -> None:
    borrowed = Borrowed.of({"lines": "infinity", "columns": "100"}, 4096)
    assert borrowed.temporary == {"columns": "4096"}
    assert borrowed.undoing() == ["console columns 100"]
    assert Borrowed.of({}, 200).undoing() == ["no console columns", "no console lines"]
    assert Borrowed.of({"character": "en.ascii"}, 200).undoing()[-1] == "console character en.ascii"
    assert Borrowed.of({"columns": "4096", "lines": "infinity"}, 4096).temporary == {}


def test_a_default_that_was_typed_in_is_not_borrowed() -> None:
    assert "character" not in Borrowed.of({"character": "ja.sjis"}, 200).temporary


def test_the_configuration_shows_what_was_there_before() -> None:
    borrowed = Borrowed.of({"columns": "100"}, 4096)
    lines = ["console columns 4096", "console lines infinity", "console prompt x", "ip route a"]
    assert borrowed.hidden(lines) == ["console columns 100", "console prompt x", "ip route a"]


def test_what_somebody_else_changed_meanwhile_is_left_alone() -> None:
    borrowed = Borrowed.of({"lines": "30"}, 4096)
    assert borrowed.undoing({"columns": "120", "lines": "infinity"}) == ["console lines 30"]
    assert borrowed.undoing({}) == []


def test_a_record_survives_its_writer_and_its_lock_does_not(tmp_path: Path) -> None:
    record = Record(tmp_path, "home")
    assert not record.left_behind()
    assert record.take()
    record.write(Borrowed.of({"columns": "100"}, 200))
    other = Record(tmp_path, "home")
    assert other.left_behind()
    assert not other.take(0.01)
    record.release()  # as the kernel does when a process dies
    assert other.take()
    assert other.read() == Borrowed.of({"columns": "100"}, 200)
    other.remove()
    assert other.read() is None
    other.release()


def test_a_damaged_record_is_named_and_not_guessed_at(tmp_path: Path) -> None:
    record = Record(tmp_path, "home")
    record.path.parent.mkdir()
    record.path.write_text(json.dumps({"original": 1}))
    with pytest.raises(ConsoleError, match="cannot be read") as caught:
        record.read()
    assert caught.value.where == str(record.path)


def test_a_disk_that_refuses_the_record_is_an_error(tmp_path: Path) -> None:
    record = Record(tmp_path / "state", "home")
    (tmp_path / "state").write_text("not a folder")
    with pytest.raises(ConsoleError, match="cannot be kept"):
        record.write(Borrowed.of({}, 200))
    with pytest.raises(ConsoleError, match="cannot be kept"):
        record.take()
