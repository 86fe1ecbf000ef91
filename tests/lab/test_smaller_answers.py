"""LAN map, packet buffers, external memory, licences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.facts.agents import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.conftest import Bench

    Make = Callable[..., Bench]


def test_the_lan_map_is_the_managers(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    refused = terminal.answer("show lan-map lan1")
    assert refused == ["エラー: このコマンドはここでは実行できません"]
    terminal.type("switch control mode manager", "console lines infinity")
    agents, found = parse(tuple(terminal.answer("show lan-map lan1 detail")))
    assert agents == []
    assert [(each.mac_address, each.port, each.agent) for each in found] == [
        (host.mac_address, host.port, None) for host in made.router.world.hosts
    ]
    assert found[0].about["機器名"] == "nas"
    assert found[0].about["IPアドレス"] == "192.168.100.2"
    made.router.set_world(replace(made.router.world, ports=(2,)))
    _, found = parse(tuple(terminal.answer("show lan-map lan1")))
    assert {each.port for each in found} == {2}


@pytest.mark.parametrize("command", ["show lan-map", "show lan-map lan9", "show lan-map lan1 x"])
def test_wrong_lan_maps(bench: Make, command: str) -> None:
    terminal = bench("switch control mode manager\n").login()
    assert terminal.answer(command)[0].startswith("エラー: パラメータ")


def test_packet_buffers_follow_the_world(bench: Make) -> None:
    made = bench()
    terminal = made.login()
    made.router.set_world(replace(made.router.world, packet_buffer=(0, 0, 50, 0)))
    assert terminal.answer("show status packet-buffer large") == [
        "large group: 2048 bytes length",
        "  parameters: max-buffer=10000 max-free=2812 min-free=62",
        "              buffers-in-chunk=625 initial-chunk=4",
        "  0 buffers in free list",
        "  5000 buffers are allocated, req/succ/fail/rel = 5000/5000/0/0",
        "  8 chunks are allocated, req/succ/fail/rel = 8/8/0/0",
    ]
    assert len(terminal.answer("show status packet-buffer")) == 24
    assert terminal.answer("show status packet-buffer tiny")[0].startswith("エラー")


def test_external_memory_and_licences(bench: Make) -> None:
    made = bench()
    terminal = made.login()
    assert terminal.answer("show status external-memory") == [
        "USB1: 外部メモリが接続されていません",
        "SD1: 外部メモリが接続されていません",
    ]
    made.router.external["usb1:/config.txt"] = b""
    assert terminal.answer("show status external-memory")[0] == "USB1: 外部メモリが接続されています"
    assert terminal.answer("show status license") == []
    old = bench(firmware="15.02.09").login()
    assert old.answer("show status license") == ["エラー: コマンド名を確認してください"]
