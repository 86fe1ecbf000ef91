"""What the Internet line does under right and wrong configurations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.lab.world import Offer, World
from yamaha_ops.mape import calculate

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.conftest import Bench

    Make = Callable[..., Bench]

FILTERS = """\
ipv6 filter 101000 pass * * icmp6 * *
ipv6 filter 101002 pass * * udp * 546
ipv6 filter 101003 pass * * 4
ipv6 filter 101099 pass * * * * *
"""


def settled(made: Bench) -> Bench:
    made.clock.advance(60)
    return made


def received(made: Bench) -> str:
    rows = made.login().answer("show status tunnel 1")
    return next((row for row in rows if "受信" in row), "")


def test_the_right_configuration_is_online(bench: Make, v6plus: str) -> None:
    made = bench(v6plus)
    states = [made.router.online, settled(made).router.online]
    assert states == [False, True]
    assert made.router.line.problems == ()
    mapping = made.router.line.mapping
    assert mapping == calculate("240b:10:0:3100::/64")


def test_filters_that_let_the_line_through(bench: Make, v6plus: str) -> None:
    text = v6plus + FILTERS + "ipv6 lan2 secure filter in 101000 101002 101003\n"
    assert settled(bench(text)).router.online


@pytest.mark.parametrize(
    ("wrong", "up"),
    [
        ("ipv6 lan2 secure filter in 101000 101002", True),
        ("no nat descriptor address outer 1000 map-e", True),
        ("no ip route default", True),
        ("ipv6 lan2 secure filter in 101002 101003", False),
        ("ipv6 lan2 secure filter in 101000 101003", False),
        ("no ipv6 lan2 dhcp service client ir=on", False),
        ("ipv6 lan2 dhcp service client", False),
        ("tunnel select 1\ntunnel map-e type ocn", False),
        ("tunnel select 1\nno tunnel enable 1", False),
        ("tunnel select 1\nno tunnel encapsulation", False),
    ],
)
def test_what_breaks_the_line_and_how_it_shows(
    bench: Make, v6plus: str, wrong: str, *, up: bool
) -> None:
    made = settled(bench(v6plus + FILTERS))
    terminal = made.login().administrator()
    terminal.type(*wrong.split("\n"))
    settled(made)
    assert not made.router.online
    assert made.router.line.problems
    rows = "\n".join(terminal.answer("show status tunnel 1"))
    assert ("トンネルインタフェースは接続されています" in rows) == up
    if up:
        assert "受信: (IPv4) 0 パケット [0 オクテット]" in rows
        assert "送信: (IPv4) 0 パケット" not in rows
    else:
        assert "106.72.0.0" not in "\n".join(terminal.answer("show nat descriptor address"))


def test_delegation_where_advertisements_are_offered_brings_nothing(
    bench: Make, v6plus: str
) -> None:
    asked = v6plus.replace("ra-prefix", "dhcp-prefix").replace("client ir=on", "client")
    assert not settled(bench(asked)).router.online
    offered = World(offer=Offer(prefix="240b:10:0:3100::/56", by="pd"))
    assert settled(bench(asked, world=offered)).router.online


def test_ocn_needs_its_type_and_has_63_ranges(bench: Make, v6plus: str) -> None:
    offer = Offer(prefix="2400:4050:1234:5600::/64")
    text = v6plus.replace("map-e\n ip", "map-e\n tunnel map-e type ocn\n ip")
    made = settled(bench(text, world=World(offer=offer)))
    assert made.router.online
    rows = made.login().answer("show nat descriptor address")
    ports = "".join(rows[4:]).partition("  -*-")[0]
    assert ports.count("-") == 63


def test_a_type_before_15_02_10_is_no_command(bench: Make) -> None:
    terminal = bench(firmware="15.02.09").login().administrator()
    terminal.type("tunnel select 1")
    assert terminal.answer("tunnel map-e type ocn") == ["エラー: コマンド名を確認してください"]
    new = bench().login().administrator()
    new.type("tunnel select 1")
    assert new.answer("tunnel map-e type ocn") == []


def test_map_e_itself_came_with_15_02_03(bench: Make, v6plus: str) -> None:
    assert not settled(bench(v6plus, firmware="15.02.01")).router.online


def test_a_new_prefix_brings_the_tunnel_down_and_up_again(bench: Make, v6plus: str) -> None:
    made = settled(bench(v6plus))
    world = made.router.world
    made.router.set_world(replace(world, offer=replace(world.offer, prefix="240b:10:0:3200::/64")))
    states = [made.router.online]
    settled(made)
    states.append(made.router.online)
    assert states == [False, True]
    mapping = made.router.line.mapping
    assert mapping is not None
    assert mapping.psid == 0x32
    text = "\n".join(made.router.log.lines())
    assert text.count("IP Tunnel[1] Up") == 2
    assert text.count("IP Tunnel[1] Down") == 1


def test_counters_move_and_start_again_with_the_tunnel(bench: Make, v6plus: str) -> None:
    made = settled(bench(v6plus))
    first = received(made)
    settled(made)
    later = received(made)
    assert first != later
    terminal = made.login().administrator()
    terminal.type("tunnel select 1", "no tunnel enable 1", "tunnel enable 1")
    made.clock.advance(2)
    assert int(received(made).split()[2]) < int(first.split()[2])


def test_a_descriptor_on_a_pp(bench: Make) -> None:
    text = (
        "pp select 1\n pp always-on on\n pppoe use lan2\n pp auth myname a b\n"
        " ip pp nat descriptor 1\n pp enable 1\nnat descriptor type 1 masquerade\n"
        "nat descriptor masquerade session limit 1 1 5000\nip route default gateway pp 1\n"
    )
    made = settled(bench(text, world=World(pppoe=True)))
    assert made.router.online
    rows = made.login().answer("show nat descriptor address")
    assert rows[1] == "参照NATディスクリプタ : 1, 適用インタフェース : PP[01](1)"
    assert rows[3].endswith("ipcp/203.0.113.10")
    assert rows[7].split() == ["1", "192.168.100.3", "57", "5000", "dynamic"]
