from __future__ import annotations

from pathlib import Path

import pytest

from yamaha_ops.config import (
    Configuration,
    ContextMissingError,
    Interpreter,
    ParameterError,
    UnknownCommandError,
)

RECORDED = Path(__file__).parents[3] / "shared/data/configs"


def test_the_console_keeps_its_context() -> None:
    router = Interpreter()
    assert router.context == ""
    router.execute("tunnel select 1")
    assert router.context == "tunnel1"
    router.execute("ip filter 1 pass *")
    router.execute("ip tunnel mtu 1400")
    router.execute("pp select anonymous")
    assert router.context == "ppanonymous"
    router.execute("pp auth request chap")
    router.execute("no pp select")
    assert router.context == ""
    assert router.configuration.text == (
        "pp select anonymous\n pp auth request chap\n"
        "tunnel select 1\n ip tunnel mtu 1400\n"
        "ip filter 1 pass *\n"
    )


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("frobnicate", UnknownCommandError),
        ("ip fliter 1 pass *", UnknownCommandError),
        ("no frobnicate", UnknownCommandError),
        ("ip filter 1", ParameterError),
        ("ip routing on off", ParameterError),
        ("pp select", ParameterError),
        ('description lan1 "x', ParameterError),
        ("tunnel enable one", UnknownCommandError),
        ("tunnel enable 1 one", ParameterError),
        ("ip tunnel mtu 1280", ContextMissingError),
        ("ppp lcp mru on 1454", ContextMissingError),
        ("no ip pp nat descriptor", ContextMissingError),
        ("switch control function set led-brightness eco", ContextMissingError),
    ],
)
def test_a_refused_line_changes_nothing(line: str, error: type[Exception]) -> None:
    router = Interpreter(Configuration.parse("ip lan1 address dhcp\n"))
    router.execute("tunnel select none")
    with pytest.raises(error):
        router.execute(line)
    assert router.configuration.text == "ip lan1 address dhcp\n"
    assert router.context == ""


def test_pp_commands_are_refused_in_a_tunnel() -> None:
    """REF 56.2."""
    router = Interpreter()
    router.execute("tunnel select 1")
    with pytest.raises(ContextMissingError, match="'pp select' first"):
        router.execute("ip pp mtu 1454")


def test_what_is_set_again_is_overwritten_in_the_routers_spelling() -> None:
    router = Interpreter()
    for line in (
        "IP LAN1 ADDRESS 192.168.100.1/255.255.255.0",
        "ip lan1 address 192.168.1.1/24",
        "schedule at 1 0:00 * ntpdate ntp.nict.jp",
        "description 1 first",
        "no schedule at 9",
    ):
        router.execute(line)
    assert router.configuration.text == (
        "description 1 first\n"
        "ip lan1 address 192.168.1.1/24\n"
        "schedule at 1 */* 00:00:00 * ntpdate ntp.nict.jp\n"
    )


def test_a_block_is_read_to_its_end_word() -> None:
    router = Interpreter()
    router.execute("embedded file -b a.lua <<X1")
    assert router.pending == "X1"
    router.execute("no such command")
    router.execute("X1")
    assert not router.pending
    assert "no such command" in router.configuration.text


def test_a_bridge_comes_before_vlans_and_lans() -> None:
    """As RTX830 Rev.15.02.10 shows it."""
    shown = (
        "bridge member bridge1 lan1 tunnel1",
        "ip bridge1 address 192.168.100.1/24",
        "vlan lan1/1 802.1q vid=10 name=VLAN10",
        "ip lan1/1 address 192.168.254.254/24",
        "ip lan2 address 10.10.10.138/24",
    )
    router = Interpreter()
    for line in reversed(shown):
        router.execute(line)
    assert router.configuration.text.splitlines() == list(shown)


RECORDED_AS_SHOWN = (
    "rtx1210_v6plus-mape_1",
    "rtx1210_default_1",
    "rtx830_v6plus-mape_1",
    "rtx1100_ipsec-lab_1",
)
"""Recorded `show config` texts that nobody rearranged afterwards."""


@pytest.mark.parametrize("name", RECORDED_AS_SHOWN)
def test_the_order_and_layout_are_those_recorded(name: str) -> None:
    file = RECORDED / f"{name}.conf"
    if not file.exists():
        pytest.skip(f"no recorded configuration at {file}")
    configuration = Configuration.parse(file.read_bytes())
    shown = [line.text.rstrip() for line in configuration.lines if not line.text.startswith("#")]
    told = sorted(line for setting in configuration.settings.values() for line in setting.lines)
    router = Interpreter()
    for line in ("tunnel select 1", "pp select 1", *shown):
        router.execute(line)
    assert told
    assert router.configuration.text.splitlines() == [line for line in shown if line]
