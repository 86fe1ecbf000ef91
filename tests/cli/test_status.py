"""`yamaha-ops status` against a router of the lab."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.exporter.labs import ENVIRONMENT, Site, site
from yamaha_ops.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site"), "tokyo", silent="nagoya") as running:
        yield running


@pytest.fixture(autouse=True)
def environment(lab: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("YAMAHA_OPS_INVENTORY", str(lab.inventory))


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["status", *arguments])
    return int(ended.value.code or 0)


def test_people_see_the_verdict_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokyo", "--module", "full") == 0
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert lines[0].startswith("tokyo: RTX830 Rev.")
    assert "240 ports" in lines[1]
    assert "address and ports are those of the prefix" in " ".join(out.split())
    assert "settings, saved" in out
    assert "show status tunnel 1" in out
    assert all(len(line) <= 80 for line in lines)


def test_json_holds_every_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokyo", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["router"] == "tokyo"
    assert data["records"]["show status tunnel 1"]["state"] == "up"
    assert data["lines"][0]["consistent"] is True
    assert data["configuration"] is None
    assert data["failed"] == {}


def test_a_silent_router_does_not_hide_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("nagoya", "tokyo", "--module", "alive", "--json", "--timeout", "5") == 1
    silent, alive = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert silent["router"] == "nagoya"
    assert silent["error"]
    assert alive["records"]["show environment"]["model"] == "RTX830"
