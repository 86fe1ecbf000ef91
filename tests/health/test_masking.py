"""Masking: nothing private stays, and what belonged together still does."""

from __future__ import annotations

import re
from ipaddress import IPv6Address, IPv6Network

import pytest

from yamaha_ops.health.masking import Masker
from yamaha_ops.status import parse


@pytest.fixture
def masker() -> Masker:
    return Masker()


def test_one_thing_has_one_stand_in_throughout(masker: Masker) -> None:
    arp = masker("show arp", "LAN1(port1)    10.20.30.40       F8:0F:F9:90:A8:3F 1157")
    lease = masker(
        "show status dhcp",
        "DHCP Scope number: 1\n Leased address: 10.20.30.40\n"
        " (type) Client ID: (01) f8 0f f9 90 a8 3f\n Host Name: taros-iphone",
    )
    [entry] = parse("show arp", arp).record.entries
    [given] = parse("show status dhcp", lease).record.scopes[0].leases
    assert entry.address == given.address == "192.168.1.40"
    assert entry.mac_address == "02:00:00:00:00:01"
    assert given.mac_address == entry.mac_address
    assert given.host_name == "name1"


def test_a_global_address_becomes_one_for_documentation(masker: Masker) -> None:
    text = masker("show ip route", "default  27.89.54.24  PP[01]  static\n8.8.8.8/32 27.89.54.24")
    assert text == "default  192.0.2.1  PP[01]  static\n192.0.2.2/32 192.0.2.1"


@pytest.mark.parametrize(
    "text",
    ["255.255.255.0", "127.0.0.1", "224.0.0.5", "::", "::1", "ff02::1", "21:12:17",
     "2026/01/31 12:34:56", "Rev.15.02.30", "IPv6: 1280 octets", "300.1.1.1", "4880-4895"],
)  # fmt: skip
def test_what_tells_nothing_stays(masker: Masker, text: str) -> None:
    assert masker("show log", text) == text


def test_addresses_of_one_prefix_stay_in_one_prefix(masker: Masker) -> None:
    text = masker(
        "show ipv6 address",
        "240b:10:0:3100::1/64 240b:10:0:3100:6a:4800:0:3100/64 240b:10:0:3200::1/64 "
        "fe80::fa0f:6fff:fe4b:714b 240b:10:0:3100::/56",
    )
    one, ce, other, local, delegated = text.split()
    network = IPv6Network(delegated, strict=False)
    assert IPv6Address(one.split("/")[0]) in network
    assert IPv6Address(ce.split("/")[0]) in IPv6Network("2001:db8:0:1::/64")
    assert one.endswith("::1/64")
    assert other == "2001:db8:0:2::1/64"
    assert IPv6Address(local).is_link_local
    assert "714b" not in text


def test_upper_and_lower_case_is_the_same_address(masker: Masker) -> None:
    text = masker("show arp", "28:D5:B1:38:6E:E1 28:d5:b1:38:6e:e1 28-d5-b1-38-6e-e1")
    assert len({item.lower().replace("-", ":") for item in text.split()}) == 1


def test_secrets_names_and_serials_go(masker: Masker) -> None:
    text = masker(
        "show config",
        "login user taro sesame\npp auth myname taro@isp.example sesame\n"
        "ip lan1 address 192.168.7.1/24",
    )
    assert "sesame" not in text
    assert "192.168.1.1/24" in text
    log = masker(
        "show log",
        "2026/01/31 12:00:00: Login succeeded for SSH: 27.89.54.24 taro\n"
        "2026/01/31 12:00:00: main:  RTX830 ver=00 serial=M4A012345 MAC-Address=00:a0:de:12:34:56",
    )
    assert not re.search(r"taro|12345|27\.89|12:34:56$", log)
    assert (
        parse("show log", log).record.entries[1].text.startswith("main:  RTX830 ver=00 serial=M4A0")
    )
