from __future__ import annotations

import json
from pathlib import Path

import pytest

from yamaha_ops.cli import main

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as finished:
        main(arguments)
    assert isinstance(finished.value.code, int)
    return finished.value.code


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def test_the_text_is_all_that_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("render", "home") == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert told.out.startswith("ip route default gateway tunnel 1\n")
    assert told.out.endswith("\n")


def test_json_is_one_object_a_router(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("render", "--all", "--json") == 0
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told["router"] == "home"
    assert told["lines"][0]["text"] == told["configuration"].splitlines()[0]
    assert Path(told["lines"][0]["template"]).name.endswith(".j2")


def test_a_router_that_is_not_there_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("render", "hoem") == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        "yamaha-ops: inventory.yaml: there is no router 'hoem'; did you mean home?\n"
    )


def test_templates_beside_the_inventory_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_bytes((ROOT / "inventory.yaml").read_bytes())
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "99-mine.j2").write_text("set A={{ vpn_key }}\n", encoding="utf-8")
    assert run("render", "home", "--inventory", str(inventory)) == 1
    said = capsys.readouterr().err
    assert f"{tmp_path}/templates/99-mine.j2:1: there is no vpn_key" in said


def test_explain_comments_the_lines_and_stays_a_configuration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("render", "home") == 0
    plain = capsys.readouterr().out
    assert run("render", "home", "--explain", "ja") == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "# IPv4 パケットの宛先ごとの送り先 · 20-route.j2:3 · REF 8.1.7"
    assert [line for line in told if not line.startswith("#")] == plain.splitlines()


def test_json_holds_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("render", "home", "--json") == 0
    first = json.loads(capsys.readouterr().out)["lines"][0]
    assert first["reference"] == "8.1.7"
    assert first["en"] == "Where IPv4 packets for a network go"
    assert first["ja"].startswith("IPv4")


PLANTED = "planted-b7Qx"
SECRETS = """\
routers:
  home:
    host: 192.168.100.1
    login: {password: "env:PLANTED", administrator_password: "env:PLANTED"}
    line:
      service: pppoe
      pppoe: {user: user@example.jp, password: "env:PLANTED"}
    lan: {address: 192.168.100.1/24}
    users: {alice: {password: "env:PLANTED"}}
    snmp: {hosts: [192.168.100.9], community: "env:PLANTED"}
    vpn:
      remote_access:
        key: "env:PLANTED"
        pool: 192.168.100.200-192.168.100.210
        users: {alice: "env:PLANTED"}
    extra: ["ipsec ike pre-shared-key 9 text {env:PLANTED}"]
"""


@pytest.mark.parametrize("options", [(), ("--json",), ("--explain", "en"), ("--debug",)])
def test_no_secret_is_ever_printed(
    options: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PLANTED", PLANTED)
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(SECRETS, encoding="utf-8")
    assert run("render", "home", "--inventory", str(inventory), *options) == 0
    told = capsys.readouterr()
    assert "pp auth myname user@example.jp *" in told.out
    assert "ipsec ike pre-shared-key 9 text *" in told.out
    assert PLANTED not in told.out + told.err


def test_a_misspelt_field_is_one_message_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(SECRETS.replace("line:", "lien:"), encoding="utf-8")
    assert run("render", "home", "--inventory", str(inventory)) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"yamaha-ops: {inventory}:5:5: there is no field lien; did you mean line?\n"


@pytest.mark.parametrize(("service", "warned"), [("hb46pp", True), ("v6plus", False)])
def test_a_line_that_nobody_is_known_to_run_says_so(
    service: str, *, warned: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(f"routers: {{home: {{host: a, line: {{service: {service}}}}}}}\n")
    assert run("render", "home", "--inventory", str(inventory)) == 0
    assert ("not known to run anywhere" in capsys.readouterr().err) is warned
