"""Inventories of other tools: what they say becomes ours, and passwords become references."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory import load
from yamaha_ops.inventory.foreign import READERS, as_yaml

if TYPE_CHECKING:
    from pathlib import Path

MARKED = "planted-b7Qx"

ANSIBLE_YAML = f"""\
all:
  vars: {{ansible_network_os: yamaha_network.rtx.rtx, ansible_user: ops}}
  children:
    tokyo:
      vars: {{ntp: ntp.nict.jp}}
      hosts:
        rtx1: {{ansible_host: 192.0.2.1, ansible_port: 2022, ansible_password: {MARKED}}}
    homes:
      children: {{tokyo: }}
      hosts: {{rtx2: , rtx1: }}
"""
ANSIBLE_INI = f"""\
# a comment
rtx2

[tokyo]
rtx1 ansible_host=192.0.2.1 ansible_port=2022 ansible_password={MARKED} note="two words"

[homes:children]
tokyo

[tokyo:vars]
ntp=ntp.nict.jp

[all:vars]
ansible_user=ops
"""


def converted(kind: str, path: Path, tmp_path: Path) -> dict[str, Any]:
    """Convert, check that nothing secret came along, and load the result as ours."""
    sections = READERS[kind](path)
    text = as_yaml(sections)
    assert MARKED not in text
    ours = tmp_path / "ours.yaml"
    ours.write_text(text, encoding="utf-8")
    load(ours)
    return sections


@pytest.mark.parametrize(("name", "text"), [("hosts.yml", ANSIBLE_YAML), ("hosts", ANSIBLE_INI)])
def test_ansible(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    told = converted("ansible", path, tmp_path)
    router = told["routers"]["rtx1"]
    assert (router["host"], router["port"]) == ("192.0.2.1", 2022)
    assert router["login"] == {"password": "env:RTX1_PASSWORD"}
    assert "tokyo" in router["groups"]
    assert told["groups"]["tokyo"] == {"groups": ["homes"], "variables": {"ntp": "ntp.nict.jp"}}
    assert told["defaults"] == {"login": {"user": "ops"}}
    assert told["routers"]["rtx2"]["host"] == "rtx2"


def test_nornir(tmp_path: Path) -> None:
    folder = tmp_path / "nornir"
    folder.mkdir()
    (folder / "hosts.yaml").write_text(
        "---\nrtx1: {hostname: 192.0.2.1, groups: [tokyo], data: {site: shibuya}}\nrtx2: {}\n"
    )
    (folder / "groups.yaml").write_text("tokyo: {port: 2022, platform: yamaha}\n")
    (folder / "defaults.yaml").write_text(f"username: ops\npassword: {MARKED}\n")
    told = converted("nornir", folder, tmp_path)
    assert told == {
        "defaults": {"login": {"user": "ops", "password": "env:ALL_PASSWORD"}},
        "groups": {"tokyo": {"port": 2022}},
        "routers": {
            "rtx1": {"host": "192.0.2.1", "groups": ["tokyo"], "variables": {"site": "shibuya"}},
            "rtx2": {"host": "rtx2"},
        },
    }


def test_netbox_json(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    device = {
        "name": "rtx1",
        "device_type": {"model": "RTX1300", "slug": "rtx1300"},
        "role": {"slug": "edge"},
        "site": {"slug": "tokyo"},
        "tenant": None,
        "status": {"value": "active", "label": "Active"},
        "primary_ip": {"address": "192.0.2.1/24"},
        "custom_fields": {"vlan": 20, "empty": None},
    }
    path.write_text(json.dumps({"count": 2, "results": [device, {"name": "spare"}]}))
    assert converted("netbox", path, tmp_path)["routers"] == {
        "rtx1": {
            "host": "192.0.2.1",
            "model": "RTX1300",
            "labels": {"site": "tokyo", "role": "edge", "status": "active"},
            "variables": {"vlan": 20},
        }
    }


def test_netbox_csv(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    path.write_text(
        "name,status,site,role,device_type,primary_ip4\n"
        "rtx1,active,tokyo,edge,Yamaha RTX830,192.0.2.1/24\nspare,planned,tokyo,,,\n"
    )
    told = converted("netbox", path, tmp_path)["routers"]
    assert told["rtx1"]["model"] == "RTX830"
    assert told["rtx1"]["labels"] == {"site": "tokyo", "role": "edge", "status": "active"}
    assert list(told) == ["rtx1"]


@pytest.mark.parametrize(
    ("kind", "name", "text", "said"),
    [
        ("ansible", "hosts", "[tokyo:vars]\nntp\n", "hosts:2: ntp has no value"),
        ("ansible", "hosts", 'rtx1 note="open\n', "hosts:1: a quote is not closed"),
        ("ansible", "hosts.yml", "- a\n", "is not an Ansible inventory"),
        ("nornir", "hosts.yaml", "- a\n", "is not a file of Nornir's"),
        ("netbox", "a.json", "{", "a.json:1: is not JSON"),
        ("netbox", "a.json", '{"results": 1}', "is not a list of devices"),
        ("netbox", "a.csv", "name,site\n", "names no device with a primary address"),
    ],
)
def test_a_file_of_another_kind_is_refused(
    tmp_path: Path, kind: str, name: str, text: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InventoryError) as caught:
        READERS[kind](path)
    assert said in str(caught.value)


@pytest.mark.parametrize("kind", READERS)
def test_a_file_that_is_not_there_is_named(tmp_path: Path, kind: str) -> None:
    with pytest.raises(InventoryError, match="cannot be read"):
        READERS[kind](tmp_path / "none.json")
