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


def test_show_fits_a_terminal_and_loses_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = run("show", "home").splitlines()
    assert max(map(len, lines)) <= 80
    monkeypatch.setenv("COLUMNS", "300")
    wide = run("show", "home").splitlines()
    assert len(wide) == sum("#" in line for line in lines) < len(lines)


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


def test_adopt_prints_an_entry_and_names_the_secrets_to_set(tmp_path: Path) -> None:
    configuration = tmp_path / "old.conf"
    configuration.write_text(
        "ip lan1 address 192.168.100.1/24\ntelnetd host lan\nsshd service on\nsshd host lan\n"
        "set KEY=planted-b7Qx\nflux capacitor on\n"
    )
    result = CliRunner().invoke(
        app, ["adopt", str(configuration), "--name", "osaka"], catch_exceptions=False
    )
    assert result.stdout == (
        "routers:\n  osaka:\n    host: 192.168.100.1\n    extra:\n"
        "    - ip lan1 address 192.168.100.1/24\n    - set KEY={env:OSAKA_SET_KEY}\n"
    )
    assert result.stderr == (
        "to be set: env:OSAKA_SET_KEY, the secret of: set KEY=*\n"
        "not understood, and left alone: flux capacitor on\n"
    )


def test_adopt_reads_a_router_and_keeps_how_it_is_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    class Session:
        def administrator(self) -> None:
            asked.append("administrator")

        def configuration(self) -> str:
            return "telnetd host lan\nsshd service on\nsshd host lan\nconsole lines 30\n"

        def close(self) -> None:
            asked.append("close")

    monkeypatch.setattr("yamaha_ops.cli.inventory.connect", lambda _router, **_: Session())
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(
        "routers:\n  osaka: {host: 192.0.2.1, port: 2022, line: {service: v6plus},"
        " login: {password: 'env:X'}}\n"
    )
    told = run("adopt", "osaka", "--inventory", str(inventory))
    assert told == (
        "routers:\n  osaka:\n    host: 192.0.2.1\n    port: 2022\n    login:\n"
        "      password: env:X\n    console:\n      lines: 30\n"
    )
    assert asked == ["administrator", "close"]
