"""Cases that published calculators get wrong, each named after what it protects."""

from __future__ import annotations

import pytest

from yamaha_ops.mape import MapeError, PortSet, Rule, RuleTable, calculate, owner, shipped_rules
from yamaha_ops.mape.forwarding import Forward, may_forward
from yamaha_ops.mape.recognition import ranges_from_text, recognise

V6PLUS = calculate("240b:10:0:3100::/64")
V6PLUS_RANGES = (
    "4880-4895, 8976-8991, 13072-13087, 17168-17183, 21264-21279, 25360-25375, 29456-29471, "
    "33552-33567, 37648-37663, 41744-41759, 45840-45855, 49936-49951, 54032-54047, 58128-58143, "
    "62224-62239"
)


def alone(rule: Rule) -> RuleTable:
    return RuleTable([rule])


def test_01_a_double_colon_may_stand_for_one_group() -> None:
    line = calculate("240b:10::3100:0:0:0:1")
    assert (line.end_user_prefix, line.psid) == ("240b:10:0:3100::/56", 49)


def test_02_both_interface_id_forms_of_one_line_differ() -> None:
    rule = V6PLUS.rule
    as_rfc = Rule(rule.ipv6, rule.ipv4, rule.ea_bits, rule.psid_offset, "rfc7597")
    assert V6PLUS.ce == "240b:10:0:3100:6a:4800:0:3100"
    assert calculate("240b:10:0:3100::/64", alone(as_rfc)).ce == "240b:10:0:3100:0:6a48:0:31"


def test_03_a_64_keeps_its_last_bits_in_the_ce_but_not_in_the_mathematics() -> None:
    line = calculate("240b:10:0:3112::/64")
    assert (line.ipv4, line.psid, line.ports) == (V6PLUS.ipv4, V6PLUS.psid, V6PLUS.ports)
    assert line.ce == "240b:10:0:3112:6a:4800:0:3100"
    assert (line.subnet_bits, V6PLUS.subnet_bits) == (0x12, 0)


@pytest.mark.parametrize("length", [32, 33, 48, 55])
def test_04_a_prefix_shorter_than_the_ea_bits_is_refused(length: int) -> None:
    with pytest.raises(MapeError, match="too short"):
        calculate(f"240b:10::/{length}")


def test_05_the_first_and_the_last_psid_stay_inside_the_ports() -> None:
    first, last = calculate("240b:10::/56"), calculate("240b:10:ffff:ff00::/56")
    assert (first.psid, first.ports.ranges[0]) == (0, (4096, 4111))
    assert (last.psid, last.ports.ranges[-1]) == (255, (65520, 65535))
    assert first.ce == "240b:10::6a:4800:0:0"
    assert last.ce == "240b:10:ffff:ff00:6a:48ff:ff00:ff00"


def test_06_ocn_has_six_bits_of_each_and_its_ea_bits_cross_a_group() -> None:
    line = calculate("2400:4050:3c2:9e00::/64")
    assert (line.ipv4, line.psid, line.psid_length) == ("153.240.15.10", 30, 6)
    assert (len(line.ports.ranges), line.ports.count) == (63, 1008)
    assert (line.ports.ranges[0], line.ports.ranges[-1]) == ((1504, 1519), (64992, 65007))
    assert line.ce == "2400:4050:3c2:9e00:99:f00f:a00:1e00"


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("2404:7a81:ffff:ff00::", "2404:7a80::/31"),
        ("2404:7a82:4d02::", "2404:7a82:4c00::/38"),
        ("2400:4050:3ff:ff00::", "2400:4050::/34"),
        ("2400:4151:57ff:ff00::", "2400:4151:4000::/35"),
        ("2400:4051:bbff:ff00::", "2400:4051:b000::/36"),
        ("2400:4053:57ff:ff00::", "2400:4053:5000::/37"),
        ("2400:4152:b1ff:ff00::", "2400:4152:b000::/39"),
    ],
)
def test_07_prefixes_that_do_not_end_on_a_hex_digit_match_by_bits(address: str, rule: str) -> None:
    found = shipped_rules().match(address)
    assert found is not None
    assert found.ipv6 == rule


def test_07_the_longest_of_nested_prefixes_wins() -> None:
    outer = Rule("2001:db8::/32", "192.0.2.0/24", 16)
    inner = Rule("2001:db8:8000::/33", "198.51.100.0/24", 16)
    table = RuleTable([outer, inner])
    assert table.match("2001:db8:8000::1") is inner
    assert table.match("2001:db8:7fff:ffff::1") is outer
    assert table.match("2001:db8::/32") is outer
    assert table.match("2001:db8::/31") is None


def test_08_offset_0_gives_one_range_and_loses_no_port() -> None:
    assert PortSet(0, 8, 0).ranges == ((0, 255),)
    assert PortSet(0, 8, 255).ranges == ((65280, 65535),)


def test_09_an_unshared_address_has_no_psid_which_is_not_psid_0() -> None:
    rule = Rule("2001:db8::/40", "192.0.2.0/24", 8, 6)
    line = calculate("2001:db8::/48", alone(rule))
    assert line.psid is None
    assert (line.ports.count, line.psid_length) == (65536, 0)


def test_10_ea_bits_that_end_before_the_address_does_give_a_prefix() -> None:
    rule = Rule("2001:db8::/40", "192.0.0.0/16", 8, 6)
    assert calculate("2001:db8:12::/48", alone(rule)).ipv4 == "192.0.18.0/24"
    assert owner("192.0.18.77", 80, alone(rule)).end_user_prefix == "2001:db8:12::/48"


def test_11_without_ea_bits_the_psid_comes_from_outside() -> None:
    rules = [
        Rule(
            f"2001:db8:12:{psid:x}00::/56",
            "192.0.2.18",
            0,
            6,
            provisioned_psid=psid,
            provisioned_psid_length=8,
        )
        for psid in (0x34, 0x35, 0)
    ]
    table = RuleTable(rules)
    for rule in rules:
        line = calculate(rule.ipv6, table)
        assert line.psid == rule.provisioned_psid
        assert owner("192.0.2.18", line.ports.ranges[0][0], table).rule is rule
    with pytest.raises(MapeError, match=r"no rule for 192\.0\.2\.18 has the PSID of port 1240"):
        owner("192.0.2.18", 1240, table)


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"psid_offset": 9}, "need 17 bits, but a port has 16"),
        ({"psid_offset": 16}, "must be 0..15"),
        ({"psid_offset": -1}, "must be 0..15"),
        ({"ea_bits": 49}, "must be 0..48"),
        ({"ea_bits": -1}, "must be 0..48"),
        ({"ea_bits": 25}, "reaches bit 65"),
        ({"ipv6": "2001:db8:1::/40"}, "was 2001:db8::/40 meant"),
        ({"ipv4": "192.0.2.1/24"}, "was 192.0.2.0/24 meant"),
        ({"ipv6": "2001:db8::"}, "has no length"),
        ({"ipv6": "2001:db8::/65", "ea_bits": 0}, "at most a /64"),
        ({"ipv4": "192.0.2.0/33"}, "in 0..32"),
        ({"br": "192.0.2.1"}, "is IPv4"),
        ({"br": ""}, "is not an IPv6 address"),
        ({"provisioned_psid_length": 7}, "leave 8"),
        ({"provisioned_psid": 1, "provisioned_psid_length": 8}, "only where EA bits are 0"),
        ({"ea_bits": 0, "provisioned_psid": 1, "provisioned_psid_length": 8}, "a /32"),
        ({"ea_bits": 0, "ipv4": "192.0.2.1", "provisioned_psid": 1}, "needs its PSID length"),
        ({"ea_bits": 0, "ipv4": "192.0.2.1", "provisioned_psid_length": 8}, "the PSID itself"),
        (
            {
                "ea_bits": 0,
                "ipv4": "192.0.2.1",
                "provisioned_psid": 256,
                "provisioned_psid_length": 8,
            },
            "it must be 0..255",
        ),
        ({"interface_id": "rfc7598"}, "draft-03 or rfc7597"),
    ],
)
def test_12_a_rule_that_rfc_7597_forbids_is_refused_with_the_reason(
    rule: dict[str, object], reason: str
) -> None:
    good: dict[str, object] = {"ipv6": "2001:db8::/40", "ipv4": "192.0.2.0/24", "ea_bits": 16}
    with pytest.raises(MapeError, match=reason):
        Rule(**(good | rule))  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [78, 79, 80, 81])
def test_13_a_port_list_broken_inside_a_number_still_gives_its_psid(width: int) -> None:
    text = f"   ポート範囲: {V6PLUS_RANGES}"
    wrapped = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    ports = recognise(ranges_from_text(wrapped.partition(":")[2]))
    assert ports == V6PLUS.ports


def test_13_a_port_list_with_a_lost_range_is_refused() -> None:
    with pytest.raises(MapeError, match="14 port ranges"):
        recognise(V6PLUS.ports.ranges[:7] + V6PLUS.ports.ranges[8:])


@pytest.mark.parametrize(
    ("prefix", "whose"),
    [
        ("2409:10::/56", "transix"),
        ("2409:253:1::/56", "transix"),
        ("2001:f70:1:2::", "Xpass"),
        ("2405:6580:1:2::", "v6 connect"),
        ("2400:2410:1:2::", "SoftBank"),
        ("2408:0:1::1", "NTT East"),
        ("2001:a000::1", "NTT West"),
        ("2400:4150:b000::/56", "OCN has no rule"),
        ("2400:4152:e400::/56", "OCN has no rule"),
        ("240d:f:4000::/56", "NURO"),
        ("fe80::1", "link-local"),
        ("fd00::1", "private"),
    ],
)
def test_14_a_prefix_without_a_rule_says_whose_it_is(prefix: str, whose: str) -> None:
    with pytest.raises(MapeError, match=f"^no rule matches {prefix}, which is .*{whose}"):
        calculate(prefix)


@pytest.mark.parametrize(
    "prefix", ["240b:14::", "240b:254::", "2400:4054::", "2404:7a88::", "240d:10::", "2001:db8::1"]
)
def test_14_the_neighbours_of_rules_are_not_rules(prefix: str) -> None:
    with pytest.raises(MapeError, match=f"^no rule matches {prefix}$"):
        calculate(prefix)


@pytest.mark.parametrize(
    ("port", "owner_psid"), [(4096, 0), (4111, 0), (4112, 1), (8080, 249), (8090, 249)]
)
def test_15_a_port_belongs_to_one_psid_only(port: int, owner_psid: int) -> None:
    assert V6PLUS.ports.psid_of(port) == owner_psid
    assert owner(V6PLUS.ipv4, port).psid == owner_psid


def test_15_the_answer_to_a_forwarding_question_changes_with_the_prefix() -> None:
    wanted = Forward.parse("4885/tcp")
    assert may_forward(V6PLUS, wanted).allowed
    assert not may_forward(calculate("240b:10:0:3200::/64"), wanted).allowed


def test_15_ports_under_the_offset_are_nobodys() -> None:
    assert V6PLUS.ports.psid_of(4095) is None
    assert calculate("2400:4050:3c2:9e00::").ports.psid_of(1023) is None
    with pytest.raises(MapeError, match="belongs to nobody"):
        owner("106.72.0.0", 4095)


def test_nuro_takes_its_key_from_all_36_bits() -> None:
    assert calculate("240d:f:112:3400::/56").ipv4 == "219.104.129.18"
    assert calculate("240d:f:1112:3400::/56").ipv4 == "219.104.145.18"


@pytest.mark.parametrize(
    "junk", ["x240b:10::", "240b:10::x", "240b:10:", "", " ", "::%lan1", "::\0"]
)
def test_junk_around_an_address_is_refused(junk: str) -> None:
    with pytest.raises(MapeError, match="is not an IPv6 address or prefix"):
        calculate(junk)


@pytest.mark.parametrize(
    "length", ["", "129", "-1", "+56", " 56", "056", "5_6", "５６", "x", "56/"]
)
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    with pytest.raises(MapeError, match=r"no prefix length in 0\.\.128"):
        calculate(f"240b:10::/{length}")


def test_other_refusals_say_what_would_be_right() -> None:
    with pytest.raises(MapeError, match="`mape owner` goes from an IPv4 address"):
        calculate("106.72.0.1")
    with pytest.raises(MapeError, match="at most a /64; for an address leave the length away"):
        calculate("240b:10::1/128")
    with pytest.raises(MapeError, match="shorter than the rules inside it"):
        calculate("240b:10::/20")
    with pytest.raises(MapeError, match="not inside the rule prefix 2001:db8::/40"):
        calculate("2001:db9::/56", alone(Rule("2001:db8::/40", "192.0.2.0/24", 16)))
    with pytest.raises(MapeError, match=r"ports are 0\.\.65535"):
        owner("106.72.0.0", 65536)
    with pytest.raises(MapeError, match="is not an IPv4 address"):
        owner("106.72.0", 80)
    with pytest.raises(MapeError, match=r"no rule covers the IPv4 address 8\.8\.8\.8"):
        owner("8.8.8.8", 80)
