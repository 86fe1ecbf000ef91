"""Firmware: what is refused, what is waited for, what is looked at afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.history.site import ADMINISTRATOR_PASSWORD, TRUST, Site, make_site
from yamaha_ops.actions import firmwares
from yamaha_ops.config import difference
from yamaha_ops.errors import InputError
from yamaha_ops.lab import Lab, ManualClock
from yamaha_ops.render import render
from yamaha_ops.upgrade import Window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as running:
        yield running


@pytest.fixture
def site(
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Site]:
    """A router with a working line that shall run Rev.15.02.30, and whose server has it."""
    made = make_site(lab, tmp_path, monkeypatch, capsys)
    monkeypatch.setattr(
        firmwares, "time", SimpleNamespace(sleep=lab.advance, monotonic=lab.clock.now)
    )
    path = tmp_path / "inventory.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("model: RTX830", "model: RTX830\n    firmware: 15.02.30"))
    delta = difference(made.router.running, render(made.inventory.router("home")))
    lines = [command.line for command in delta.commands]
    made.router.type(*lines, "sftpd host lan", save=True)
    lab.advance(60)
    offer(made, "15.02.30")
    made.done("run", "home", TRUST, "--", "show", "arp")
    yield made
    made.router.stop()


def offer(site: Site, revision: str | None) -> None:
    world = site.router.device.world
    site.router.change_world(replace(world, firmware_offered=revision))


def update(site: Site, *words: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = site.run("firmware", "update", "home", "--yes", "--json", *words)
    return code, json.loads(out)


def state(site: Site) -> str:
    found: dict[str, str] = json.loads(site.done("firmware", "status", "home", "--json"))
    return found["state"]


def test_installed_is_compared_with_wanted(site: Site) -> None:
    assert state(site) == "older"
    assert site.run("firmware", "status", "home", "--detailed-exitcode")[0] == 3
    out = site.done("firmware", "status", "home")
    assert "15.02.22" in out
    assert "15.02.30" in out


def test_an_update_ends_with_the_wanted_revision_and_a_working_line(site: Site) -> None:
    before = site.router.running
    assert site.router.online
    code, ended = update(site)
    assert (code, ended["result"]) == (0, "updated"), ended
    assert (ended["before"], ended["after"]) == ("15.02.22", "15.02.30")
    assert site.router.online
    assert site.router.running.digest == before.digest
    assert state(site) == "as wanted"
    (kept,) = [json.loads(line) for line in site.done("history", "--json").splitlines()]
    assert kept["reason"] == "before firmware 15.02.30"
    assert update(site)[1]["result"] == "unchanged"


def test_without_a_backup_nothing_is_written(site: Site) -> None:
    site.monkeypatch.setenv("PATH", "/nowhere")
    code, ended = update(site)
    assert (code, ended["result"]) == (1, "failed")
    assert "'git' is not installed" in ended["reason"]
    assert state(site) == "older"


def test_unsaved_changes_would_be_lost_so_it_is_refused(site: Site) -> None:
    site.router.type("ip lan2 mtu 1454")
    code, ended = update(site)
    assert (code, ended["result"]) == (1, "failed")
    assert "1 changes are not saved" in ended["reason"]
    assert "no ip lan2 mtu" in ended["reason"]
    assert "mtu 1454" in site.router.running.text


@pytest.mark.parametrize(("offered", "said"), [(None, "wrote nothing"), ("15.02.22", "wrote no")])
def test_a_server_without_it_leaves_everything_as_it_was(
    site: Site, offered: str | None, said: str
) -> None:
    offer(site, offered)
    code, ended = update(site)
    assert (code, ended["result"]) == (1, "failed")
    assert said in ended["reason"]
    assert site.router.online


def test_another_revision_than_the_wanted_one_is_for_a_person(site: Site) -> None:
    offer(site, "15.02.31")
    code, ended = update(site)
    assert (code, ended["result"], ended["after"]) == (5, "unknown", "15.02.31")
    assert "not the wanted 15.02.30" in ended["reason"]


def test_a_router_that_does_not_come_back_is_for_a_person(site: Site) -> None:
    def sleep(seconds: float) -> None:
        site.router.faults.refuse_connections = True
        site.lab.advance(seconds)

    clock = SimpleNamespace(sleep=sleep, monotonic=site.lab.clock.now)
    site.monkeypatch.setattr(firmwares, "time", clock)
    code, ended = update(site)
    assert (code, ended["result"], ended["after"]) == (5, "unknown", None)
    assert ended["reason"] == "it did not come back"


def test_an_older_revision_is_refused(site: Site) -> None:
    path = site.folder / "inventory.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("15.02.30", "15.02.20"))
    offer(site, "15.02.20")
    code, ended = update(site)
    assert (code, "is older" in ended["reason"]) == (1, True)
    assert state(site) == "newer"


def test_outside_of_the_window_no_router_is_begun(site: Site) -> None:
    hour = (datetime.now().astimezone().hour + 2) % 24
    code, ended = update(site, "--window", f"{hour:02}:00-{hour:02}:01")
    assert (code, ended["result"]) == (1, "skipped")
    assert state(site) == "older"


def test_nobody_at_the_terminal_means_no(site: Site) -> None:
    code, _, err = site.run("firmware", "update", "home")
    assert (code, "nobody is there to answer" in err) == (1, True)
    assert state(site) == "older"


def test_after_a_failure_the_other_waves_are_not_begun(site: Site) -> None:
    path = site.folder / "inventory.yaml"
    text = path.read_text(encoding="utf-8")
    entry = text[text.index("  home:") :].replace("  home:", "  second:")
    path.write_text(text + entry)
    offer(site, None)
    code, out, _ = site.run("firmware", "update", "--all", "--yes", "--json", "--wave", "1")
    ended = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [each["result"] for each in ended] == ["failed", "skipped"]


@pytest.mark.parametrize(
    ("text", "hour", "inside"),
    [
        ("02:00-04:30", 4, True),
        ("02:00-04:30", 5, False),
        ("22:00-04:00", 23, True),
        ("22:00-04:00", 3, True),
        ("22:00-04:00", 12, False),
    ],
)
def test_a_window_may_go_over_midnight(text: str, hour: int, *, inside: bool) -> None:
    moment = datetime(2026, 11, 24, hour, 15).astimezone()
    assert Window.parse(text).holds(moment) is inside


@pytest.mark.parametrize("text", ["2-4", "25:00-26:00", "", "02:00-04:60"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no window"):
        Window.parse(text)


def test_no_password_is_told(site: Site) -> None:
    _, out, err = site.run("firmware", "update", "home", "--yes")
    assert ADMINISTRATOR_PASSWORD not in out + err
