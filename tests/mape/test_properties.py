"""What must hold for every rule, prefix and port, not only for those that somebody wrote down."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from yamaha_ops.mape import MapeError, PortSet, Rule, RuleTable, calculate, owner, shipped_rules
from yamaha_ops.mape.address import ipv4_text, ipv6_text, network_text, read_ipv4, read_ipv6
from yamaha_ops.mape.forwarding import Forward, may_forward
from yamaha_ops.mape.recognition import recognise
from yamaha_ops.mape.record import json_line

IPV6_VALUES = st.integers(0, 2**128 - 1) | st.builds(
    # Many zero groups: the part of the text form that is easy to get wrong.
    lambda groups: sum(group << 16 * n for n, group in enumerate(groups)),
    st.lists(st.sampled_from([0, 0, 0, 1, 0x10, 0xFFFF]), min_size=8, max_size=8),
)
SHIPPED = list(shipped_rules())

unhurried = settings(deadline=None)
"""Other tests run at the same time, so the clock says nothing."""


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any rule that RFC 7597 allows."""
    length = draw(st.integers(0, 64))
    ipv4_length = draw(st.integers(0, 32))
    ea_bits = draw(st.integers(0, min(64 - length, 48, 48 - ipv4_length)))
    psid_length = max(ea_bits - (32 - ipv4_length), 0)
    psid = None
    if ipv4_length == 32 and ea_bits == 0 and draw(st.booleans()):
        psid_length = draw(st.integers(0, 16))
        psid = draw(st.integers(0, 2**psid_length - 1))
    ipv6 = IPv6Network((draw(st.integers(0, 2**128 - 1)), length), strict=False)
    ipv4 = IPv4Network((draw(st.integers(0, 2**32 - 1)), ipv4_length), strict=False)
    return Rule(
        ipv6=str(ipv6),
        ipv4=str(ipv4),
        ea_bits=ea_bits,
        psid_offset=draw(st.integers(0, min(15, 16 - psid_length) if psid_length else 15)),
        interface_id=draw(st.sampled_from(["draft-03", "rfc7597"])),
        provisioned_psid=psid,
        provisioned_psid_length=psid_length if psid is not None else None,
    )


@st.composite
def prefixes(draw: st.DrawFn, rule: Rule) -> str:
    """Any end-user prefix inside a rule."""
    length = draw(st.integers(rule.end, 64))
    network = rule.network | draw(st.integers(0, 2 ** (64 - rule.ipv6_length) - 1))
    return str(IPv6Network((network << 64, length), strict=False))


@unhurried
@given(st.data())
def test_calculating_and_then_asking_for_the_owner_is_the_identity(data: st.DataObject) -> None:
    rule = data.draw(rules() | st.sampled_from(SHIPPED))
    table = RuleTable([rule])
    line = calculate(data.draw(prefixes(rule)), table)
    block = IPv4Network(line.ipv4)
    address = block[data.draw(st.integers(0, block.num_addresses - 1))]
    first, last = data.draw(st.sampled_from(line.ports.ranges[:300]))
    found = owner(str(address), data.draw(st.integers(first, last)), table)
    shortest = IPv6Network(line.end_user_prefix).supernet(new_prefix=rule.end)
    assert found == calculate(str(shortest), table)
    assert found.ipv4 == line.ipv4
    assert found.ports == line.ports


@unhurried
@given(st.data())
def test_the_answer_is_where_rfc_7597_says(data: st.DataObject) -> None:
    """Compute it again with strings of bits, straight from the figures of the RFC."""
    rule = data.draw(rules())
    prefix = data.draw(prefixes(rule))
    line = calculate(prefix, RuleTable([rule]))
    bits = f"{int(IPv6Network(prefix).network_address):0128b}"
    ea = bits[rule.ipv6_length : rule.ipv6_length + rule.ea_bits]
    ipv4_bits = f"{rule.ipv4_value:032b}"[: rule.ipv4_length] + ea[: 32 - rule.ipv4_length]
    psid = ea[32 - rule.ipv4_length :]
    if rule.provisioned_psid is not None:
        psid = f"{rule.provisioned_psid:0{rule.psid_length}b}" if rule.psid_length else ""
    address = ipv4_bits.ljust(32, "0")
    length = f"/{len(ipv4_bits)}" if len(ipv4_bits) < 32 else ""
    assert line.ipv4 == f"{IPv4Address(int(address, 2))}{length}"
    assert line.psid == (int(psid, 2) if psid else None)
    assert line.psid_length == len(psid)
    zeros = "0" * (8 if rule.interface_id == "draft-03" else 16)
    interface_id = (zeros + address + psid.rjust(16, "0")).ljust(64, "0")
    ce = int(bits[: IPv6Network(prefix).prefixlen].ljust(64, "0") + interface_id, 2)
    assert int(IPv6Address(line.ce)) == ce


@pytest.mark.parametrize("psid_length", range(9))
def test_the_port_sets_of_all_psids_share_out_exactly_what_the_offset_leaves(
    psid_length: int,
) -> None:
    for offset in range(min(16, 17 - psid_length)):
        owned = bytearray(65536)
        for psid in range(2**psid_length):
            for first, last in PortSet(offset, psid_length, psid).ranges:
                assert not any(owned[first : last + 1]), "two PSIDs own the same port"
                owned[first : last + 1] = b"\1" * (last - first + 1)
        left_out = 2 ** (16 - offset) if offset and psid_length else 0
        assert owned == bytes(left_out) + b"\1" * (65536 - left_out)


@unhurried
@given(st.data())
def test_a_port_set_counts_contains_and_lists_the_same_ports(data: st.DataObject) -> None:
    psid_length = data.draw(st.integers(0, 16))
    offset = data.draw(st.integers(0, min(15, 16 - psid_length)))
    ports = PortSet(offset, psid_length, data.draw(st.integers(0, 2**psid_length - 1)))
    listed = list(ports)
    members = set(listed)
    assert listed == sorted(members)
    assert len(listed) == len(ports) == ports.count
    assert all(ports.psid_of(port) == ports.psid for port in listed[:100])
    for port in data.draw(st.lists(st.integers(-1, 65536), max_size=5)):
        assert (port in ports) == (port in members)
        assert ports.nearest(port) == min(listed, key=lambda own: (abs(own - port), own))


@unhurried
@given(st.data())
def test_a_port_set_is_recognised_by_its_ranges_in_any_order(data: st.DataObject) -> None:
    psid_length = data.draw(st.integers(0, 16))
    offset = data.draw(st.integers(0, min(7, 16 - psid_length)).filter(lambda a: a != 1))
    ports = PortSet(offset, psid_length, data.draw(st.integers(0, 2**psid_length - 1)))
    shuffled = data.draw(st.randoms(use_true_random=False)).sample(ports.ranges, len(ports.ranges))
    assert recognise(shuffled).ranges == ports.ranges
    if offset and psid_length:
        assert recognise(shuffled) == ports


@unhurried
@given(IPV6_VALUES, st.data())
def test_every_text_form_of_an_address_gives_one_answer(value: int, data: st.DataObject) -> None:
    rule = data.draw(st.sampled_from(SHIPPED))
    value = rule.network << 64 | value & 2 ** (128 - rule.ipv6_length) - 1
    address = IPv6Address(value)
    tail = IPv4Address(value & 2**32 - 1)
    forms = [
        str(address),
        address.exploded,
        address.exploded.upper(),
        f"{address.exploded[:30]}{tail}",
        ":".join(f"{value >> shift & 0xFFFF:x}" for shift in range(112, -1, -16)),
    ]
    answers = [calculate(form) for form in forms]
    assert answers.count(answers[0]) == len(forms)


@unhurried
@given(IPV6_VALUES)
@example(0)
@example(1)
@example(0x2001_0DB8_0000_0000_0001_0000_0000_0001)
def test_addresses_are_written_as_rfc_5952_says(value: int) -> None:
    assume(IPv6Address(value).ipv4_mapped is None)
    assert ipv6_text(value) == str(IPv6Address(value))
    assert read_ipv6(ipv6_text(value)) == value
    assert network_text(value >> 64) == str(IPv6Address(value >> 64 << 64))
    assert ipv4_text(value >> 96) == str(IPv4Address(value >> 96))


@unhurried
@given(
    st.text(alphabet="0123456789abcdefABCDEFg:.%/ ٣\0", max_size=45)
    | st.lists(st.sampled_from(["0", "00001", "1", "ffff", "g", "", "1.2.3.4"]), max_size=10).map(
        ":".join
    )
)
@example("1:2:3:4:5:6:7::")
@example("::1:2:3:4:5:6:7:8")
@example("::01.2.3.4")
@example("::1.2.3.256")
def test_exactly_what_ipaddress_accepts_is_an_address(text: str) -> None:
    for read, standard in ((read_ipv6, IPv6Address), (read_ipv4, IPv4Address)):
        try:
            # A scope is part of an address for ipaddress; a prefix has none.
            expected = None if "%" in text else int(standard(text))
        except ValueError:
            expected = None
        try:
            found = read(text)
        except MapeError:
            found = None
        assert found == expected


@unhurried
@given(st.text(max_size=60))
def test_any_text_is_answered_or_refused_in_one_sentence(text: str) -> None:
    for ask in (calculate, shipped_rules().match, Forward.parse, lambda port: owner(port, 1)):
        try:
            ask(text)
        except MapeError as error:
            message = str(error)
        else:
            continue
        assert message.isprintable()


@unhurried
@given(st.data())
def test_longest_match_is_what_a_linear_search_finds(data: st.DataObject) -> None:
    bits = st.integers(0, 15).map(lambda top: top << 60)
    networks = {
        IPv6Network((data.draw(bits) << 64, data.draw(st.integers(0, 6))), strict=False)
        for _ in range(data.draw(st.integers(1, 8)))
    }
    table = RuleTable(Rule(str(network), "192.0.2.0/24", 8) for network in sorted(networks))
    asked = IPv6Network((data.draw(bits) << 64, data.draw(st.integers(0, 8))), strict=False)
    covering = [network for network in networks if asked.subnet_of(network)]
    longest = max(covering, key=lambda network: network.prefixlen, default=None)
    found = table.match(str(asked))
    assert (found and found.ipv6) == (longest and str(longest))


@unhurried
@given(st.data())
def test_a_span_may_be_forwarded_if_every_port_of_it_is_ours(data: st.DataObject) -> None:
    psid_length = data.draw(st.integers(1, 8))
    ea_bits = 8 + psid_length
    offset = data.draw(st.integers(0, 16 - psid_length).filter(lambda a: a < 16))
    table = RuleTable([Rule("2001:db8::/40", "192.0.2.0/24", ea_bits, offset)])
    network = 0x2001_0DB8 << 32 | data.draw(st.integers(0, 2**24 - 1))
    line = calculate(f"{IPv6Address(network << 64)}/64", table)
    first = data.draw(st.integers(0, 65535))
    width = data.draw(st.integers(1, 40))
    assume(first + width <= 65536)
    wanted = Forward(first, first + width - 1, first)
    verdict = may_forward(line, wanted)
    ours = set(line.ports)
    assert verdict.allowed == all(port in ours for port in range(first, first + width))
    starts = [port for port in sorted(ours) if all(port + more in ours for more in range(width))]
    if not verdict.allowed:
        expected = min(starts, key=lambda start: (abs(start - first), start), default=None)
        assert verdict.nearest == expected


@unhurried
@given(st.data(), st.text(max_size=20))
def test_the_json_line_is_json(data: st.DataObject, text: str) -> None:
    rule = data.draw(st.sampled_from(SHIPPED))
    line = calculate(data.draw(prefixes(rule)))
    record = json.loads(json_line(text, line))
    assert record["input"] == text
    assert record["port_ranges"] == [list(span) for span in line.ports.ranges]
    assert json_line(text, line) == json.dumps(record)
