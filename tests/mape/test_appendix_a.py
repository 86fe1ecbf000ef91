"""The examples of RFC 7597 Appendix A, and what follows from them."""

from __future__ import annotations

import pytest

from yamaha_ops.mape import Mapping, Rule, RuleTable, calculate, owner

BR = "2001:db8:ffff::1"
NO_EA = Rule("2001:db8:12:3400::/56", "192.0.2.18/32", 0, 6, br=BR)


def test_example_1_a_customer_derives_its_address_psid_and_ports(appendix_a: RuleTable) -> None:
    line = calculate("2001:db8:12:3400::/56", appendix_a)
    assert (line.ipv4, line.psid, line.psid_length) == ("192.0.2.18", 0x34, 8)
    assert line.ports.ranges[:2] == ((1232, 1235), (2256, 2259))
    assert line.ports.ranges[-1] == (64720, 64723)
    assert (len(line.ports.ranges), line.ports.count) == (63, 252)
    assert line.ce == "2001:db8:12:3400:0:c000:212:34"
    assert line.br == BR


def test_example_2_the_border_relay_finds_the_customer_by_address_and_port(
    appendix_a: RuleTable,
) -> None:
    line = owner("192.0.2.18", 1232, appendix_a)
    assert line.psid == 0x34
    assert (line.ce, line.br) == ("2001:db8:12:3400:0:c000:212:34", BR)


def test_example_3_a_customer_sends_from_its_address_to_the_relay(appendix_a: RuleTable) -> None:
    line = calculate("2001:db8:12:3400::/56", appendix_a)
    assert 1232 in line.ports
    assert (line.ce, line.br) == ("2001:db8:12:3400:0:c000:212:34", BR)


def test_example_4_no_embedded_bits_and_no_sharing_gives_all_ports() -> None:
    line = calculate("2001:db8:12:3400::/56", RuleTable([NO_EA]))
    assert (line.ipv4, line.psid, line.psid_length) == ("192.0.2.18", None, 0)
    assert line.ports.ranges == ((0, 65535),)
    assert line.ce == "2001:db8:12:3400:0:c000:212:0"


def test_example_5_no_embedded_bits_and_a_psid_from_outside() -> None:
    rule = Rule(
        NO_EA.ipv6, NO_EA.ipv4, 0, 6, br=BR, provisioned_psid=0x34, provisioned_psid_length=8
    )
    line = calculate("2001:db8:12:3400::/56", RuleTable([rule]))
    assert (line.psid, line.ports.count, line.ports.ranges[0]) == (0x34, 252, (1232, 1235))
    assert line.ce == "2001:db8:12:3400:0:c000:212:34"
    assert owner("192.0.2.18", 1232, RuleTable([rule])) == line


@pytest.mark.parametrize(
    ("prefix", "rule", "ipv4", "psid", "ranges", "ce"),
    [
        pytest.param(
            "2001:db8:12:3400::/56",
            Rule("2001:db8::/40", "192.0.2.0/24", 16, 6, "draft-03"),
            *("192.0.2.18", 0x34, 63, "2001:db8:12:3400:c0:2:1200:3400"),
            id="draft-03-form",
        ),
        pytest.param(
            "2001:db8:12:3400::/56",
            Rule("2001:db8::/40", "192.0.2.0/24", 16, 0),
            *("192.0.2.18", 0x34, 1, "2001:db8:12:3400:0:c000:212:34"),
            id="offset-0",
        ),
        pytest.param(
            "2001:db8:12::/48",
            Rule("2001:db8::/40", "192.0.2.0/24", 8, 6),
            *("192.0.2.18", None, 1, "2001:db8:12::c000:212:0"),
            id="one-whole-address",
        ),
        pytest.param(
            "2001:db8:12::/48",
            Rule("2001:db8::/40", "192.0.0.0/16", 8, 6),
            *("192.0.18.0/24", None, 1, "2001:db8:12::c000:1200:0"),
            id="a-whole-prefix",
        ),
        pytest.param(
            "2001:db8:12:3456::/64",
            Rule("2001:db8::/40", "192.0.2.0/24", 16, 6),
            *("192.0.2.18", 0x34, 63, "2001:db8:12:3456:0:c000:212:34"),
            id="subnet-bits-kept",
        ),
    ],
)
def test_what_follows_from_the_examples(
    prefix: str, rule: Rule, ipv4: str, psid: int | None, ranges: int, ce: str
) -> None:
    line: Mapping = calculate(prefix, RuleTable([rule]))
    assert (line.ipv4, line.psid, len(line.ports.ranges), line.ce) == (ipv4, psid, ranges, ce)


def test_offset_0_leaves_one_range_and_reserves_nothing() -> None:
    table = RuleTable([Rule("2001:db8::/40", "192.0.2.0/24", 16, 0)])
    line = calculate("2001:db8:12:3400::/56", table)
    assert line.ports.ranges == ((13312, 13567),)
    assert len(line.ports.reserved) == 0
    assert 80 in calculate("2001:db8:12::/56", table).ports
