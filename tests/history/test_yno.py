"""Leaving YNO: devices and labels into an inventory, CONFIGs into the history."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.history.kept import git
from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory import load
from yamaha_ops.inventory.foreign.yno import read_yno

if TYPE_CHECKING:
    from pathlib import Path

    from tests.history.site import Site

DEVICES = {
    "Meta": {"RequestId": "1"},
    "Data": {
        "NextPageToken": "",
        "Routers": [
            {
                "DeviceStatus": "ONLINE",
                "ModelName": "RTX830",
                "FirmwareRevision": "Rev.15.02.22",
                "DeviceDescription": "shop-1",
                "EndpointIpAddress": "192.0.2.1",
                "SerialNumber": "M4A000001",
                "AssignedLabels": ["tokyo", "floor: 3", "本店"],
            },
            {
                "ModelName": "FWX120",
                "FirmwareRevision": "?",
                "DeviceDescription": "二号店",
                "EndpointIpAddress": "192.0.2.2",
                "SerialNumber": "M4A000002",
            },
            {"ModelName": "RTX830", "EndpointIpAddress": "", "SerialNumber": "M4A000003"},
        ],
    },
}
CONFIG = [
    "# RTX830 Rev.15.02.22 (Mon Dec 20 18:20:29 2021)",
    "ip lan1 address 192.168.100.1/24",
    "pp select 1",
    " pp auth myname u *",
]


def devices(folder: Path, told: object = DEVICES) -> Path:
    path = folder / "devices.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return path


def task(folder: Path, *results: dict[str, Any]) -> str:
    path = folder / "task.json"
    path.write_text(json.dumps({"Data": {"Results": {"Devices": results}}}), encoding="utf-8")
    return str(path)


def result(serial: str, exit_code: str = "SUCCESS") -> dict[str, Any]:
    commands = [{"Command": "show config", "ExitCode": exit_code, "Output": CONFIG}]
    return {"SerialNumber": serial, "Status": exit_code, "CommandResults": commands}


def test_devices_and_labels_become_an_inventory(tmp_path: Path) -> None:
    routers = read_yno(devices(tmp_path))["routers"]
    assert list(routers) == ["shop-1", "M4A000002"]
    assert routers["shop-1"] == {
        "host": "192.0.2.1",
        "model": "RTX830",
        "firmware": "15.02.22",
        "login": {
            "password": "env:SHOP_1_PASSWORD",
            "administrator_password": "env:SHOP_1_ADMINISTRATOR_PASSWORD",
        },
        "labels": {"tokyo": "true", "floor": "3", "label3": "本店"},
        "variables": {"serial": "M4A000001"},
    }
    assert "model" not in routers["M4A000002"]


def test_what_is_taken_over_is_an_inventory_that_loads(site: Site) -> None:
    out = site.done("inventory", "convert", "yno", str(devices(site.folder)))
    path = site.folder / "taken.yaml"
    path.write_text(out, encoding="utf-8")
    (chosen,) = load(path).select((), ("floor=3",))
    assert chosen.name == "shop-1"


@pytest.mark.parametrize("told", [{}, {"Data": {}}, [], {"Data": {"Routers": []}}, "x"])
def test_what_is_no_answer_is_refused(tmp_path: Path, told: object) -> None:
    with pytest.raises(InventoryError):
        read_yno(devices(tmp_path, told))


@pytest.fixture
def taken(site: Site) -> Site:
    """The inventory that came out of YNO."""
    out = site.done("inventory", "convert", "yno", str(devices(site.folder)))
    (site.folder / "inventory.yaml").write_text(out, encoding="utf-8")
    return site


def test_configs_become_history(taken: Site) -> None:
    out = taken.done("yno", task(taken.folder, result("M4A000001")))
    assert out.startswith("shop-1: kept as ")
    assert git(taken.repository, "show", "shop-1:running.txt").splitlines() == CONFIG
    assert "taken over from YNO" in taken.done("history", "shop-1")


def test_a_device_without_a_config_is_named(taken: Site) -> None:
    results = (result("M4A000009"), result("M4A000002", "ERROR"), result("M4A000001"))
    code, out, err = taken.run("yno", task(taken.folder, *results))
    assert code == 1
    assert [line.split(":")[0] for line in err.splitlines()] == ["M4A000009", "M4A000002"]
    assert out.startswith("shop-1: kept as ")


@pytest.mark.parametrize("text", ["{", "[1]", "{}", '{"Data": {"Results": null}}'])
def test_what_is_no_result_is_one_sentence(taken: Site, text: str) -> None:
    path = taken.folder / "task.json"
    path.write_text(text, encoding="utf-8")
    code, _, err = taken.run("yno", str(path))
    assert (code, "is no result of a task" in err) == (1, True)
