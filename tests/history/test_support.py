"""The support bundle: everything in it, and nothing that should not be."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.history.site import TRUST, Site
from yamaha_ops.config import difference
from yamaha_ops.lab import Lab, ManualClock
from yamaha_ops.render import render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as running:
        yield running


def contents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_bundle_holds_everything_and_no_secret(site: Site) -> None:
    delta = difference(site.router.running, render(site.inventory.router("home")))
    secrets = (
        "pp select 1",
        "pp auth myname u planted-pppoe",
        "pp select none",
        "tunnel select 2",
        "ipsec tunnel 2",
        "ipsec ike pre-shared-key 2 text planted-ike",
        "tunnel select none",
        "snmpv2c community read-only planted-community",
    )
    site.router.type(*(command.line for command in delta.commands), *secrets, save=True)
    site.lab.advance(60)
    assert site.router.online
    journal = site.folder / ".yamaha-ops" / "journal"
    journal.mkdir(parents=True)
    (journal / "home.jsonl").write_text('{"step": 0, "address": "203.0.114.9"}\n')
    (journal / "done").mkdir()
    for name in ("home-1", "home-2-1", "homer-1"):
        (journal / "done" / f"{name}.jsonl").write_text("{}\n")
    site.done("support", "home", "--out", "help.zip", TRUST)
    path = site.folder / "help.zip"
    assert path.stat().st_mode & 0o077 == 0
    found = contents(path)
    assert set(found) == {
        "README.txt",
        "configuration.txt",
        "techinfo.txt",
        "transcript.txt",
        "records.json",
        "mape.json",
        "problems.txt",
        "journal/home.jsonl",
        "journal/home-1.jsonl",
    }
    everything = "\n".join(found.values())
    assert "planted" not in everything
    assert "203.0.114.9" not in everything
    assert "pp auth myname u *" in found["configuration.txt"]
    assert "pp auth myname u *" in found["techinfo.txt"]
    assert json.loads(found["records.json"])["show environment"]["model"] == "RTX830"
    (line,) = json.loads(found["mape.json"])
    assert (line["consistent"], line["ports_expected"], line["psid"]) == (True, 240, 49)
    assert line["prefix"] is None
    assert "240b:10:0:31" not in everything


def test_a_router_that_is_down_gives_a_bundle_that_says_so(site: Site) -> None:
    site.monkeypatch.setenv("YAMAHA_OPS_HOME_PASSWORD", "planted-wrong")
    site.done("support", "home", "--out", "help.zip", TRUST)
    found = contents(site.folder / "help.zip")
    assert set(found) == {"README.txt", "problems.txt"}
    assert "home" in found["problems.txt"]
    assert "planted" not in found["problems.txt"]
