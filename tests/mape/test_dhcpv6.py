"""DHCPv6 options of RFC 7598. The bytes of the three containers were made from the RFC's layout."""

from __future__ import annotations

import pytest

from yamaha_ops.mape import MapeError, RuleTable, calculate
from yamaha_ops.mape.dhcpv6 import decode

EXAMPLE_1 = (
    "005e002d00590015001018c00002002820010db800005d00040600000000"
    "5a001020010db8ffff00000000000000000001"
)
EXAMPLE_5 = (
    "005e002f00590017000020c00002123820010db8001234005d00040608340000"
    "5a001020010db8ffff00000000000000000001"
)
V6PLUS = (
    "005e002c005900140018106a48000020240b0010005d000404080000"
    "005a001024049200022501000000000000000064"
)


def line(octets: str, prefix: str) -> tuple[str, int | None, str, str | None]:
    found = calculate(prefix, RuleTable(decode(bytes.fromhex(octets)).rules))
    return found.ipv4, found.psid, found.ce, found.br


def test_the_containers_of_appendix_a_give_its_examples() -> None:
    expected = ("192.0.2.18", 0x34, "2001:db8:12:3400:0:c000:212:34", "2001:db8:ffff::1")
    assert line(EXAMPLE_1, "2001:db8:12:3400::/56") == expected
    assert line(EXAMPLE_5, "2001:db8:12:3400::/56") == expected


def test_a_japanese_line_needs_its_form_to_be_told() -> None:
    container = decode(bytes.fromhex(V6PLUS), interface_id="draft-03")
    found = calculate("240b:10:0:3100::/64", RuleTable(container.rules))
    assert found.ce == "240b:10:0:3100:6a:4800:0:3100"
    assert (found.br, found.rule.psid_offset) == ("2404:9200:225:100::64", 4)
    assert container.relays == ("2404:9200:225:100::64",)
    assert container.forwarding == (False,)


def test_the_forwarding_flag_is_read() -> None:
    octets = bytearray.fromhex(V6PLUS)
    octets[8] = 1
    assert decode(bytes(octets)).forwarding == (True,)


def test_without_port_parameters_the_offset_is_that_of_the_rfc() -> None:
    octets = bytes.fromhex("005e00110059000d001018c00002002820010db800")
    (rule,) = decode(octets).rules
    assert (rule.psid_offset, rule.psid_length, rule.br) == (6, 8, None)


def test_bits_behind_a_prefix_length_are_ignored() -> None:
    octets = bytes.fromhex("005e00110059000d001018c00002ff2420010db80f")
    (rule,) = decode(octets).rules
    assert (rule.ipv4, rule.ipv6) == ("192.0.2.0/24", "2001:db8::/36")


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        ("", "not one MAP-E container"),
        ("005e0000005e0000", "not one MAP-E container"),
        ("005f0000", "not one MAP-E container"),
        ("005e", "cut short"),
        ("005e00040059", "cut short"),
        (EXAMPLE_1[:-2], "cut short"),
        ("005e000700590003001018", "rule option is cut short"),
        ("005e00100059000c001018c00002002820010db8", "rule option is cut short"),
        ("005e00110059000d001021c00002002820010db800", "prefix lengths 33"),
        ("005e0005005a000120", "border relay option has 1 octets"),
        (
            V6PLUS.replace("0014", "0013")
            .replace("002c", "002b")
            .replace("5d000404080000", "5d0003040800"),
            "port parameter option has 3 octets instead of 4",
        ),
        (V6PLUS.replace("5d000404080000", "5d000404110000"), "PSID length 17"),
        (V6PLUS.replace("5d000404080000", "5d000404070000"), "PSID length 7 contradicts"),
        (V6PLUS.replace("5d000404080000", "5d000409080000"), "need 17 bits"),
    ],
)
def test_damaged_options_are_refused_not_guessed(octets: str, message: str) -> None:
    with pytest.raises(MapeError, match=message):
        decode(bytes.fromhex(octets))


def test_a_psid_length_of_zero_means_derive() -> None:
    octets = V6PLUS.replace("5d000404080000", "5d000404000000")
    assert line(octets, "240b:10:0:3100::/64")[:2] == ("106.72.0.0", 49)


def test_every_truncation_is_refused() -> None:
    whole = bytes.fromhex(EXAMPLE_5)
    for length in range(len(whole)):
        with pytest.raises(MapeError):
            decode(whole[:length])
