"""From an image on a stick to a verified line, within the period and never outside of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.history.site import ADMINISTRATOR_PASSWORD, PASSWORD, Site
from yamaha_ops.actions import zero_touch as action
from yamaha_ops.cli import zero_touch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab import LabRouter


class Calendar:
    """The time of day, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    made = Calendar()
    for face in (zero_touch, action):
        monkeypatch.setattr(face, "time", made)
    return made


@pytest.fixture
def fresh(site: Site, calendar: Calendar) -> Iterator[LabRouter]:
    """A router out of its box that starts from the stick of place `shop`."""
    assert calendar.now
    site.done("zero-touch", "place", "home", "--id", "shop", "--days", "14")
    site.done("zero-touch", "image", "home", "--out", ".")
    path = site.folder / "config.txt"
    assert path.stat().st_mode & 0o077 == 0
    # The lab would add these where they are missing.
    lines = path.read_bytes().decode("cp932").split("\r\n")
    assert {"sshd service on", "sshd host key generate", "ip lan1 address 192.168.100.1/24"} <= {
        *lines
    }
    router = site.lab.start(config=path.read_bytes())
    inventory = site.folder / "inventory.yaml"
    text = inventory.read_text(encoding="utf-8")
    inventory.write_text(text.replace(f"port: {site.router.port}", f"port: {router.port}"))
    yield router
    router.stop()


def places(site: Site) -> list[dict[str, Any]]:
    out = site.done("zero-touch", "list", "--json")
    return [json.loads(line) for line in out.splitlines()]


def test_a_fresh_router_gets_its_configuration_and_is_known_by_serial(
    site: Site, fresh: LabRouter
) -> None:
    assert "map-e" not in fresh.running.text
    out = site.done("zero-touch", "contact", "home")
    assert "home: changed - verified, confirmed and saved" in out
    assert fresh.online
    (place,) = places(site)
    assert place["serial"] == fresh.device.hardware.serial
    assert place["done"]
    code, _, err = site.run("zero-touch", "contact", "home")
    assert (code, "is set up already" in err) == (1, True)
    assert site.done("plan", "home") == "home: nothing differs\n"


@pytest.mark.parametrize(("days", "said"), [(15, "is over"), (-1, "has not begun")])
def test_outside_of_the_period_nothing_is_sent(
    site: Site, fresh: LabRouter, calendar: Calendar, days: float, said: str
) -> None:
    calendar.now += days * 86_400
    logins = len(fresh.log)
    code, out, err = site.run("zero-touch", "contact", "home")
    assert (code, out) == (1, "")
    assert said in err
    assert len(fresh.log) == logins
    assert "map-e" not in fresh.running.text


def test_a_period_that_ends_meanwhile_is_over(
    site: Site, fresh: LabRouter, calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The device was reached in time, but the plan would be sent too late."""
    moments = iter([calendar.now, calendar.now + 15 * 86_400])
    monkeypatch.setattr(calendar, "time", lambda: next(moments))
    code, _, err = site.run("zero-touch", "contact", "home")
    assert (code, "is over" in err) == (1, True)
    assert "map-e" not in fresh.running.text


def test_another_device_does_not_get_the_place(site: Site, fresh: LabRouter) -> None:
    path = site.folder / ".yamaha-ops" / "zero-touch" / "home.json"
    place = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**place, "serial": "M4A999999"}), encoding="utf-8")
    code, _, err = site.run("zero-touch", "contact", "home")
    assert (code, "belongs to the device M4A999999" in err) == (1, True)
    assert "map-e" not in fresh.running.text


def test_one_device_has_one_place(site: Site, fresh: LabRouter) -> None:
    folder = site.folder / ".yamaha-ops" / "zero-touch"
    place = json.loads((folder / "home.json").read_text(encoding="utf-8"))
    serial = fresh.device.hardware.serial
    other = {**place, "router": "other", "serial": serial, "done": 1.0}
    (folder / "other.json").write_text(json.dumps(other), encoding="utf-8")
    code, _, err = site.run("zero-touch", "contact", "home")
    assert (code, f"the device {serial} is other already" in err) == (1, True)
    assert "map-e" not in fresh.running.text


def test_an_image_needs_a_place_that_is_open(site: Site, calendar: Calendar) -> None:
    code, _, err = site.run("zero-touch", "image", "home", "--out", ".")
    assert (code, "there is no place for home" in err) == (1, True)
    site.done("zero-touch", "place", "home", "--days", "1", "--in-days", "3")
    site.done("zero-touch", "image", "home", "--out", ".")
    calendar.now += 5 * 86_400
    code, _, err = site.run("zero-touch", "image", "home", "--out", ".")
    assert (code, "is over" in err) == (1, True)


def test_no_password_is_anywhere_but_in_the_image(site: Site, fresh: LabRouter) -> None:
    assert "map-e" not in fresh.running.text
    said = site.run("zero-touch", "contact", "home")[1:]
    kept = [
        path.read_text(encoding="utf-8", errors="replace")
        for path in site.folder.rglob("*")
        if path.is_file() and path.name != "config.txt"
    ]
    for text in (*said, *kept):
        assert PASSWORD not in text
        assert ADMINISTRATOR_PASSWORD not in text
