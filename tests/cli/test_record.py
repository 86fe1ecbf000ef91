"""`yamaha-ops record` against a router of the lab, and what `parse` makes of it."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest

from tests.exporter.labs import ADMINISTRATOR_PASSWORD, ENVIRONMENT, PASSWORD, Site, site
from yamaha_ops.cli import main
from yamaha_ops.cli.record import app
from yamaha_ops.status import has_record, parse
from yamaha_ops.status.transcript import Transcript

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site"), "tokyo") as running:
        yield running


@pytest.fixture(autouse=True)
def environment(lab: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("YAMAHA_OPS_INVENTORY", str(lab.inventory))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tokyo.transcript"
    app(["tokyo", "-o", str(path)], standalone_mode=False)
    return path


def test_a_transcript_holds_everything_and_betrays_nothing(file: Path, lab: Site) -> None:
    text = file.read_text(encoding="utf-8")
    transcript = Transcript.loads(text)
    assert (transcript.model, transcript.language) == ("RTX830", "ja")
    assert transcript.firmware.startswith("Rev.15.02.")
    assert "show status tunnel 1" in [section.command for section in transcript.sections]
    hardware = lab.routers["tokyo"].device.hardware
    private = (
        "240b:10:0:3100", "106.72.0.0", "00:a0:de:11:22:33", "192.168.100.", "nas",
        hardware.serial, *hardware.mac_addresses, PASSWORD, ADMINISTRATOR_PASSWORD,
    )  # fmt: skip
    assert not [each for each in private if each in text]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_answer_in_a_transcript_is_understood(file: Path) -> None:
    sections = Transcript.loads(file.read_text(encoding="utf-8")).sections
    read = [
        section.command
        for section in sections
        if has_record(section.command) and not section.text.startswith("エラー")
        if not parse(section.command, section.text).unknown_lines
    ]
    assert len(read) > 15


def test_what_belongs_together_still_does(file: Path) -> None:
    transcript = Transcript.loads(file.read_text(encoding="utf-8"))
    leases = (
        parse("show status dhcp", transcript.answer("show status dhcp")).record.scopes[0].leases
    )
    neighbours = parse("show arp", transcript.answer("show arp")).record.entries
    assert {(lease.address, lease.mac_address) for lease in leases} == {
        (entry.address, entry.mac_address) for entry in neighbours
    }
    nat = parse("show nat descriptor address", transcript.answer("show nat descriptor address"))
    assert nat.record.descriptors[0].port_count == 240


def test_parse_reads_a_transcript(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["parse", "show status lan2", str(file), "--json"])
    assert not ended.value.code
    assert json.loads(capsys.readouterr().out)["interface"] == "LAN2"
    with pytest.raises(SystemExit):
        main(["parse", "show status lan7", str(file)])
    assert "the transcript has no 'show status lan7'" in capsys.readouterr().err


def test_single_commands_can_be_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    app(["tokyo", "-o", "-", "-c", "show arp", "-c", "show config"], standalone_mode=False)
    transcript = Transcript.loads(capsys.readouterr().out)
    assert [section.command for section in transcript.sections] == ["show arp", "show config"]
    assert "tunnel encapsulation map-e" in transcript.answer("show config")
    assert "login user admin *" in transcript.answer("show config")


def test_a_place_that_is_not_there_is_told_before_the_router_is_asked(
    lab: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(lab.routers["tokyo"].log)
    with pytest.raises(SystemExit) as left:
        main(["record", "tokyo", "-o", str(tmp_path / "no" / "file")])
    assert left.value.code == 1
    assert "is in no folder that exists" in capsys.readouterr().err
    assert len(lab.routers["tokyo"].log) == before
