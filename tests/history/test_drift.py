"""Drift on the command line: report, exit code, metric."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.history.site import TRUST, Site
from yamaha_ops.config import difference
from yamaha_ops.render import render

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(site: Site) -> Site:
    """A router that is what its inventory says."""
    become_what_is_wanted(site)
    site.done("drift", "home", TRUST)
    return site


def become_what_is_wanted(site: Site) -> None:
    wanted = render(site.inventory.router("home"))
    delta = difference(site.router.running, wanted)
    site.router.type(*(command.line for command in delta.commands), save=True)


def drift(site: Site, *words: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = site.run("drift", "home", "--json", "--detailed-exitcode", *words)
    return code, json.loads(out)


def test_what_is_as_wanted_and_saved_has_not_drifted(site: Site) -> None:
    code, found = drift(site)
    assert (code, found["drifted"], found["commands"], found["unsaved"]) == (0, False, [], [])
    assert site.done("drift", "home") == "home: no drift\n"


def test_what_somebody_typed_is_drift_from_both(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454")
    code, found = drift(site)
    assert code == 3
    assert found["commands"] == found["unsaved"] == ["no ip lan2 mtu"]
    assert site.run("drift", "home")[0] == 0
    site.router.type("description lan2 other", save=True)
    code, found = drift(site)
    assert (code, found["unsaved"]) == (3, [])
    assert found["changed"] == [
        {
            "wanted": 'description lan2 "IPv6 IPoE(MAP-E)"',
            "running": "description lan2 other",
        }
    ]
    assert "it has: description lan2 other" in site.done("drift", "home")


def test_a_line_that_the_router_wrote_otherwise_is_explained_and_no_drift(site: Site) -> None:
    path = site.folder / "inventory.yaml"
    line = "description lan1 'office'"
    path.write_text(f"{path.read_text(encoding='utf-8')}    extra:\n      - {line}\n")
    become_what_is_wanted(site)
    code, found = drift(site)
    assert code == 0
    assert {
        "told": line,
        "shown": "description lan1 office",
        "reason": "quotes and blanks are not kept",
    } in found["rewritten"]
    assert "quotes and blanks are not kept" in site.done("drift", "home", "--verbose")


def test_a_router_that_cannot_be_asked_is_no_drift_but_a_failure(
    site: Site, tmp_path: Path
) -> None:
    path = tmp_path / "drift.prom"
    site.router.type("ip lan2 mtu 1454")
    assert site.run("drift", "home", "--textfile", str(path))[0] == 0
    lines = path.read_text().splitlines()
    assert 'yamaha_drift_commands{against="rendered",router="home"} 1.0' in lines
    assert 'yamaha_drift_commands{against="startup",router="home"} 1.0' in lines
    assert 'yamaha_drift_check_success{router="home"} 1.0' in lines
    site.monkeypatch.setenv("YAMAHA_OPS_HOME_PASSWORD", "planted-wrong")
    code, _, err = site.run("drift", "home", "--textfile", str(path), "--detailed-exitcode")
    assert (code, "home" in err) == (1, True)
    assert 'yamaha_drift_check_success{router="home"} 0.0' in path.read_text().splitlines()
