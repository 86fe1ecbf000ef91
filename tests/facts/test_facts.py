"""Facts and the LAN map: from the router's answers, remembered, in words and as a picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.history.site import TRUST, Site, make_site
from yamaha_ops.errors import CommandError
from yamaha_ops.facts import Facts, Host, LanMap, read_facts, read_lan_map
from yamaha_ops.facts.agents import Agent, Terminal, parse
from yamaha_ops.facts.picture import draw
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
    yield made
    made.router.stop()


LAN_MAP = """\
[OUI]
Generated         : Sat, 04 Mar 2017 04:31:14 -0400
[マネージャー]
リンクアップ       : lan1:1
端末数             : 1
     [ポート 2]
          [02:00:00:00:00:02]
          機器名             : printer
[エージェント]
[00:A0:DE:00:00:0A]
機種名             : SWX2200-8G
機器名             : floor2
経路              : lan1:1
     アップリンク  : 1
     [ポート 3]
     [ポート 4]
          [02:00:00:00:00:03]
          IP アドレス         : 192.168.100.9
          種類              : Desktop PC
          機器名             : desk:9
[消失エージェント]
[00:a0:de:00:00:0b]
機器名             : floor3
"""
ARP = """\
カウント数: 1
インタフェース   IPアドレス        MACアドレス        TTL(秒)
LAN1(port1)     192.168.100.9     02:00:00:00:00:03  1141
"""


def test_switches_and_what_hangs_on_them_are_read() -> None:
    agents, terminals = parse(tuple(LAN_MAP.splitlines()))
    switch, gone = agents
    assert (switch.mac_address, switch.lost, gone.lost) == ("00:a0:de:00:00:0a", False, True)
    assert switch.about["機種名"] == "SWX2200-8G"
    assert terminals == [
        Terminal("02:00:00:00:00:02", None, 2, {"機器名": "printer"}),
        Terminal(
            "02:00:00:00:00:03",
            switch.mac_address,
            4,
            {"IP アドレス": "192.168.100.9", "種類": "Desktop PC", "機器名": "desk:9"},
        ),
    ]


def test_one_host_is_one_row_whoever_tells_of_it() -> None:
    answers = {"show arp": ARP, "show lan-map lan1 detail": LAN_MAP}

    def ask(command: str) -> str:
        try:
            return answers[command]
        except KeyError:
            raise CommandError("refused") from None

    found = read_lan_map(ask, "home")
    assert [host.mac_address for host in found.hosts] == ["02:00:00:00:00:02", "02:00:00:00:00:03"]
    assert found.hosts[1] == Host(
        address="192.168.100.9",
        mac_address="02:00:00:00:00:03",
        interface="LAN1",
        port=1,
        host_name="desk:9",
        agent="00:a0:de:00:00:0a",
        agent_port=4,
        kind="Desktop PC",
    )
    assert len(found.agents) == 2


def test_a_router_that_knows_no_command_has_no_facts() -> None:
    def refuse(_command: str) -> str:
        raise CommandError("refused")

    assert read_facts(refuse, "home", {}, 5.0) == Facts("home", 5.0)
    assert read_lan_map(refuse, "home") == LanMap("home", ())


def test_facts_come_back_from_json() -> None:
    facts = Facts("home", 1_000_000.5, "RTX830", licences=("YSL-VPN-EX1",), labels={"a": "b"})
    assert Facts.from_json(json.loads(json.dumps(facts.as_json()))) == facts


def asked(site: Site, *words: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = site.run("facts", "home", "--json", *words)
    return code, json.loads(out)


def test_facts_are_asked_and_remembered(site: Site) -> None:
    code, found = asked(site, TRUST)
    assert code == 0
    assert (found["model"], found["serial"]) == ("RTX830", site.router.device.hardware.serial)
    assert set(found["mac_addresses"]) == {"lan1", "lan2"}
    assert found["last_contact"]
    site.monkeypatch.setenv("YAMAHA_OPS_HOME_PASSWORD", "planted-wrong")
    code, again = asked(site)
    assert (code, again) == (1, found)
    assert asked(site, "--remembered") == (0, found)
    assert found["serial"] in site.done("facts", "home", "--remembered")


def test_a_router_never_seen_is_said_to_be_so(site: Site) -> None:
    assert asked(site, "--remembered")[1]["last_contact"] is None
    assert "never" in site.done("facts", "--all", "--remembered")


def test_a_spoilt_memory_is_passed_over(site: Site) -> None:
    folder = site.folder / ".yamaha-ops" / "facts"
    folder.mkdir(parents=True)
    (folder / "home.json").write_text('{"router": 1}')
    assert asked(site, "--remembered")[1]["model"] is None


def test_the_lan_is_a_table_json_and_a_picture(site: Site) -> None:
    found = json.loads(site.done("lan", "home", "--json", TRUST))
    named = [host for host in found["hosts"] if host["host_name"]]
    assert named
    assert all(host["interface"] and host["lease_seconds"] for host in named)
    table = site.done("lan", "home")
    assert all(host["address"] in table for host in found["hosts"])
    assert site.done("lan", "home", "-o", "lan.svg") == ""
    picture = ET.fromstring((site.folder / "lan.svg").read_text(encoding="utf-8"))  # noqa: S314 -- our own
    texts = {each.text for each in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {host["host_name"] for host in named} <= texts
    assert any("RTX830" in str(text) for text in texts)


def test_names_of_hosts_are_text_in_a_picture() -> None:
    evil = Host("192.168.100.2", host_name="<script>&", agent="m", agent_port=1)
    picture = draw(LanMap("home", (evil,), (Agent("m", about={"機器名": "<b>"}),)))
    root = ET.fromstring(picture)  # noqa: S314 -- our own
    assert not [each for each in root.iter() if "script" in each.tag]
    assert "&lt;script&gt;&amp;" in picture
    assert "&lt;b&gt; port 1" in picture
