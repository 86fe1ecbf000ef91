"""What `plan` and `apply` show of dangers, and what they call a wrong use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.history.site import TRUST, Site, make_site
from yamaha_ops.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture
def site(
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Site]:
    made = make_site(lab, tmp_path, monkeypatch, capsys)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "99-lan.j2").write_text("lan type lan1 1000-fdx\n", encoding="utf-8")
    yield made
    made.router.stop()


def test_a_danger_is_told_once(site: Site) -> None:
    code, out, _ = site.run("plan", "home", TRUST)
    assert code == 0
    assert out.count("! lan type lan1") == 1
    assert site.run("plan", "home", "--markdown")[1].count("**lan type lan1") == 1


def test_a_dangerous_plan_is_shown_and_then_refused(site: Site) -> None:
    code, out, err = site.run("apply", "home", "--yes", TRUST)
    assert code == 1
    assert "! lan type lan1" in out
    assert "+ tunnel encapsulation map-e" in out
    assert "the plan is dangerous: lan type lan1" in err
    assert "--allow 'lan type lan1 1000-fdx'" in err
    assert "map-e" not in site.router.running.text


def test_a_dangerous_plan_goes_through_where_the_danger_is_named(site: Site) -> None:
    code, _, err = site.run("apply", "home", "--yes", TRUST, "--allow", "lan type lan1 1000-fdx")
    assert code == 0, err


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--label", "a"],
        ["home", "--all"],
    ],
)
def test_a_wrong_use_is_a_usage_error(site: Site, command: str, words: list[str]) -> None:
    code, out, err = site.run(command, *words)
    assert (code, out) == (2, "")
    assert "Usage: yamaha-ops" in err


@pytest.mark.parametrize(
    "words",
    [
        ["apply", "home", "--wave", "x"],
        ["apply", "home", "--guard", "luck"],
        ["restore", "home", "latest", "--guard", "luck"],
    ],
)
def test_a_wrong_value_is_a_usage_error(site: Site, words: list[str]) -> None:
    assert site.run(*words)[0] == 2


def test_a_router_that_is_in_no_inventory_is_no_usage_error(site: Site) -> None:
    code, _, err = site.run("plan", "away")
    assert code == 1
    assert "away" in err


def test_a_door_that_a_killed_run_left_open_is_closed_before_a_plan_compares(site: Site) -> None:
    (site.folder / "templates" / "99-lan.j2").unlink()
    assert site.run("apply", "home", "--yes", TRUST)[0] == 0
    site.router.type("tftp host 127.0.0.1")
    record = site.folder / ".yamaha-ops" / "scripts" / "home.json"
    record.parent.mkdir(parents=True)
    record.write_text('{"before": "no tftp host", "during": "tftp host 127.0.0.1"}\n')
    code, out, err = site.run("plan", "home")
    assert (code, out) == (0, "home: nothing differs\n"), err
    assert "tftp host" not in site.router.running.text
    assert not record.exists()
