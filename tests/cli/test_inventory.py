from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from yamaha_ops.cli.inventory import Kind, app
from yamaha_ops.inventory.foreign import READERS

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_show_says_where_each_value_came_from() -> None:
    lines = run("show", "home").splitlines()
    assert lines[0].split() == ["host:", '"127.0.0.1"', "#", "routers.home", "inventory.yaml:7:5"]
    assert not [line for line in lines if line.endswith("default")]
    assert [line for line in run("show", "home", "--defaults").splitlines() if "# default" in line]


def test_show_as_json() -> None:
    told = json.loads(run("show", "home", "--json"))
    assert told["router"] == "home"
    assert told["values"][0] == {
        "field": "host",
        "value": "127.0.0.1",
        "layer": "routers.home",
        "where": "inventory.yaml:7:5",
    }


def test_list_names_routers_and_labels() -> None:
    assert run("list").split("\t")[:3] == ["home", "127.0.0.1:2830", "RTX830"]
    assert json.loads(run("list", "--json"))["name"] == "home"


def test_schema_is_json() -> None:
    assert json.loads(run("schema"))["title"] == "yamaha-ops inventory"


def test_set_writes_and_says_so(tmp_path: Path) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_bytes((ROOT / "inventory.yaml").read_bytes())
    result = CliRunner().invoke(
        app, ["set", "home", "port", "22", "--inventory", str(inventory)], catch_exceptions=False
    )
    assert result.stdout == ""
    assert result.stderr == f"{inventory}: home: port is set\n"
    assert "port: 22 " in inventory.read_text(encoding="utf-8")


def test_every_reader_can_be_named() -> None:
    assert {kind.value for kind in Kind} == set(READERS)


def test_convert_prints_an_inventory(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("rtx1 ansible_host=192.0.2.1\n")
    assert run("convert", "ansible", str(hosts)) == "routers:\n  rtx1:\n    host: 192.0.2.1\n"
