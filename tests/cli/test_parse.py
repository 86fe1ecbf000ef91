"""`yamaha-ops parse`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from yamaha_ops.cli import main

RTX830 = Path(__file__).parents[1] / "transcripts" / "RTX830"
LAN = ("show status lan2", str(RTX830 / "show_status_lan.ja.1.txt"))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["parse", *arguments])
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


def test_json_has_the_fields_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*LAN, "--json") == 0
    out, err = capsys.readouterr()
    record = json.loads(out)
    assert record["receive_bytes"] == 99076765285
    assert record["link_up"] is True
    assert record["receive_overflows"] is None
    assert err == ""


def test_people_get_a_table_in_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*LAN) == 0
    out = capsys.readouterr().out
    assert "99,076,765,285" in out
    assert "1 Gbit/s" in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_lists_are_tables_and_single_entries_are_columns(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert (
        run("show nat descriptor address", str(RTX830 / "show_nat_descriptor_address.ja.1.txt"))
        == 0
    )
    out = capsys.readouterr().out
    assert "58128-58143, 62224-62239" in " ".join(out.split())
    assert run("show ipv6 address", str(RTX830 / "show_ipv6_address.ja.1.txt")) == 0
    out = capsys.readouterr().out
    assert "29d 23h" in out
    assert "240b:xxxx:qqrr:ss00:aa:bbbb:cccc:dddd" in out


def test_japanese_cells_line_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show status lua", str(RTX830 / "show_status_lua.ja.2.txt")) == 0
    lines = capsys.readouterr().out.splitlines()
    ends = {_cells(line) for line in lines if line.startswith(" ")}
    assert len(ends) == 1


def _cells(line: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 -- only here

    return cell_len(line)


def test_what_is_not_understood_is_counted_and_shown_on_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = str(RTX830 / "show_ipv6_address.ja.1.txt")
    assert run("show ipv6 address", path) == 0
    assert "not understood: 1 lines" in capsys.readouterr().err
    assert run("show ipv6 address", path, "--verbose") == 0
    assert "not understood: ... 省略" in capsys.readouterr().err


def test_text_comes_from_stdin_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Path(LAN[1]).read_text(encoding="utf-8").encode("cp932")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert run("show status lan2", "-", "--json") == 0
    assert json.loads(capsys.readouterr().out)["interface"] == "LAN2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show techinfo", LAN[1]), "no record is defined for 'show techinfo'"),
        (("show arp", LAN[1]), "not an answer to 'show arp'"),
        (("show arp", "/nowhere/at/all"), "cannot be read"),
    ],
)
def test_failures_say_why(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, str], said: str
) -> None:
    assert run(*arguments) == 1
    assert said in capsys.readouterr().err


def test_nothing_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text(" \r\n", encoding="utf-8")
    assert run("show environment", str(empty), "--json") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "there is no text to read" in err
