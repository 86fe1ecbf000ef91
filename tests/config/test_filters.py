from __future__ import annotations

from ipaddress import ip_address

import pytest

from yamaha_ops.config import Configuration
from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.filters import PROTOCOLS, Packet, Rule, Verdict, evaluate
from yamaha_ops.config.filters.packet import ACK, SYN
from yamaha_ops.config.setting import Setting
from yamaha_ops.config.statement import read


def packet(
    source: str,
    destination: str,
    protocol: str = "tcp",
    port: int | None = 443,
    *,
    source_port: int | None = 50_000,
    flags: int = SYN,
    icmp_type: int | None = None,
) -> Packet:
    ports = protocol in {"tcp", "udp"}
    return Packet(
        ip_address(source),
        ip_address(destination),
        PROTOCOLS[protocol],
        source_port if ports else None,
        port if ports else None,
        flags,
        icmp_type,
    )


def rule(line: str) -> Rule:
    setting = read(line)
    assert isinstance(setting, Setting)
    return Rule.of(setting)


WEB = packet("203.0.113.9", "192.168.100.10")


@pytest.mark.parametrize(
    ("fields", "matches"),
    [
        ("*", True),
        ("* *", True),
        ("203.0.113.0/24 192.168.100.0/255.255.255.0 tcp * 443", True),
        ("203.0.113.9", True),
        ("203.0.113.8", False),
        ("203.0.113.1-203.0.113.20", True),
        ("-203.0.113.8", False),
        ("203.0.113.9- *", True),
        ("203.0.*.* 192.168.100.*", True),
        ("203.*.113.9", True),
        ("203.*.114.9", False),
        ("10.0.0.1,203.0.113.9 192.168.100.10,192.168.100.11", True),
        ("* 192.168.101.0/24", False),
        ("* * udp", False),
        ("* * udp,tcp", True),
        ("* * 6", True),
        ("* * tcp * www", False),
        ("* * tcp * https", True),
        ("* * tcp * 80,400-500", True),
        ("* * tcp 1024- *", True),
        ("* * tcp -1023 *", False),
        ("* * * * 443", True),
        ("* * * * 80", False),
        ("* * icmp", False),
        ("* * established", False),
        ("* * tcpsyn", True),
        ("* * tcpfin", False),
        ("* * tcpflag=0x0002/0x0017", True),
        ("* * tcpflag!=0x0000/0x0007", True),
        ("* * tcpflag=0x0010/0x0010", False),
        ("*.example.jp", None),
        ("map-e", None),
        ("*.example.jp,203.0.113.9", True),
        ("*.example.jp * udp", False),
    ],
)
def test_a_filter_matches_what_the_reference_says(fields: str, *, matches: bool | None) -> None:
    """REF 8.1.10."""
    assert rule(f"ip filter 1 pass {fields}").matches(WEB) is matches


@pytest.mark.parametrize(
    ("fields", "packet_", "matches"),
    [
        ("* * icmp", packet("10.0.0.1", "10.0.0.2", "icmp"), True),
        ("* * icmp 8", packet("10.0.0.1", "10.0.0.2", "icmp", icmp_type=8), True),
        ("* * icmp 8", packet("10.0.0.1", "10.0.0.2", "icmp", icmp_type=0), False),
        ("* * icmp 8", packet("10.0.0.1", "10.0.0.2", "icmp"), None),
        ("* * icmp,tcp * 80", packet("10.0.0.1", "10.0.0.2", "icmp", icmp_type=8), True),
        ("* * icmp-error", packet("10.0.0.1", "10.0.0.2", "icmp", icmp_type=3), True),
        ("* * icmp-error", packet("10.0.0.1", "10.0.0.2", "icmp", icmp_type=8), False),
        ("* * icmp-info", packet("10.0.0.1", "10.0.0.2", "icmp"), None),
        ("* * icmp-info", packet("10.0.0.1", "10.0.0.2", "udp"), False),
        ("* * established", packet("10.0.0.1", "10.0.0.2", flags=ACK), True),
        ("* * esp", packet("10.0.0.1", "10.0.0.2", "esp"), True),
        ("* * udp * 500", packet("10.0.0.1", "10.0.0.2", "esp"), False),
    ],
)
def test_protocols_without_ports(fields: str, packet_: Packet, *, matches: bool | None) -> None:
    assert rule(f"ip filter 1 pass {fields}").matches(packet_) is matches


@pytest.mark.parametrize(
    ("fields", "matches"),
    [
        ("* * 4", True),
        ("* * icmp6", False),
        ("2001:db8::/32", True),
        ("2001:db8:1::/48", False),
        ("2001:DB8:0:0::1", True),
        ("ra-prefix@lan2::1/64", None),
        ("* 2001:db8::2 4", True),
    ],
)
def test_ipv6_filters(fields: str, *, matches: bool | None) -> None:
    """REF 30.7.1."""
    tunnel = packet("2001:db8::1", "2001:db8::2", "ipip")
    assert rule(f"ipv6 filter 1 pass {fields}").matches(tunnel) is matches


def test_icmp_means_icmpv6_in_an_ipv6_filter() -> None:
    echo = packet("2001:db8::1", "2001:db8::2", "icmp6", icmp_type=135)
    for name in ("icmp", "icmp6", "icmp-nd"):
        assert rule(f"ipv6 filter 1 pass * * {name}").matches(echo) is True
    assert rule("ipv6 filter 1 pass * * icmp4").matches(echo) is False


@pytest.mark.parametrize("line", ["ip filter 1 allow *", "ip filter 1 pass * * tcp * httpx"])
def test_what_the_reference_does_not_know_is_refused(line: str) -> None:
    with pytest.raises(ParameterError):
        rule(line)


@pytest.mark.parametrize(
    ("first", "second", "covers"),
    [
        ("*", "10.0.0.0/8 * tcp * 80", True),
        ("10.0.0.0/8 *", "10.1.0.0/16 192.168.0.1 udp", True),
        ("10.1.0.0/16", "10.0.0.0/8", False),
        ("* * tcp", "* * tcp * 80", True),
        ("* * tcp * 80", "* * tcp", False),
        ("* * tcp * 80-90", "* * tcp * 85", True),
        ("* * tcp", "* * established", True),
        ("* * established", "* * tcp", False),
        ("* * icmp", "* * icmp-error", True),
        ("* * tcp,udp", "* * udp * 53", True),
        ("* * udp", "* * tcp,udp", False),
        ("*.example.jp", "*.example.jp", True),
        ("*.example.jp", "10.0.0.1", False),
        ("*", "*.example.jp", True),
        ("10.0.0.1,10.0.0.2", "10.0.0.1-10.0.0.2", True),
        ("203.*.113.9", "203.*.113.9", True),
        ("203.*.113.9", "203.*.113.8", False),
    ],
)
def test_which_filter_hides_which(first: str, second: str, *, covers: bool) -> None:
    assert rule(f"ip filter 1 pass {first}").covers(rule(f"ip filter 2 pass {second}")) is covers


HOME = """\
tunnel select 1
 ip tunnel secure filter in 10 11 99
 ip tunnel secure filter out 90 dynamic 80 81 82
 tunnel enable 1
ip lan1 secure filter name office
ip lan2 secure filter name nowhere
ip lan3 secure filter in 404 12
ip lan3 secure filter out 12 dynamic 83
ip filter set office in 12
ip filter 10 pass * 192.168.100.0/24 icmp
ip filter 11 pass map-e 192.168.100.10 tcp * 22
ip filter 12 restrict 192.168.0.0/16
ip filter 90 pass * * * * *
ip filter 99 reject *
ip filter dynamic 80 * * www
ip filter dynamic 81 192.168.100.0/24 * filter 13 in 12
ip filter dynamic 82 * * ping
ip filter dynamic 83 * * tcp
ip filter 13 pass * * udp * 5060
ipv6 lan2 secure filter in 30
ipv6 filter 30 pass * * 4
"""


def ask(interface: str, direction: str, what: Packet, *, reply: bool = False) -> Verdict:
    configuration = Configuration.parse(HOME)
    return evaluate(configuration, interface, direction, what, reply=reply)  # type: ignore[arg-type]


def decided(verdict: Verdict) -> tuple[bool, str | None]:
    return verdict.passes, verdict.decided_by.key.words if verdict.decided_by else None


def test_the_first_match_decides() -> None:
    ping = packet("203.0.113.9", "192.168.100.10", "icmp", icmp_type=8)
    assert decided(ask("tunnel1", "in", ping)) == (True, "ip filter 10")
    verdict = ask("tunnel1", "in", packet("203.0.113.9", "192.168.100.10", "tcp", 22))
    assert decided(verdict) == (False, "ip filter 99")
    assert verdict.notes == ("filter 11 may decide earlier: only the router can tell",)


def test_the_end_of_a_list_rejects() -> None:
    verdict = ask("lan2", "in", packet("2001:db8::1", "2001:db8::2"))
    assert decided(verdict) == (False, "ipv6 lan2 secure filter in")
    assert decided(ask("lan2", "in", packet("2001:db8::1", "2001:db8::2", "ipip")))[0]


def test_no_list_lets_everything_pass() -> None:
    assert decided(ask("pp1", "in", WEB)) == (True, None)
    assert decided(ask("lan2", "out", packet("2001:db8::1", "2001:db8::2"))) == (True, None)
    assert decided(ask("lan2", "in", WEB)) == (True, None), "an undefined set is no filter"
    assert ask("lan2", "in", WEB).notes == ()
    assert ask("pp1", "in", WEB).notes == ("nothing here mentions pp1: is that its name?",)


def test_a_named_set_is_used() -> None:
    verdict = ask("lan1", "in", packet("192.168.1.1", "10.0.0.1"))
    assert decided(verdict) == (True, "ip filter 12")
    assert verdict.notes == ("filter 12 passes only while the line is up",)
    assert decided(ask("lan1", "in", WEB)) == (False, "ip filter set office in")


def test_an_undefined_filter_is_noted() -> None:
    verdict = ask("lan3", "in", packet("192.168.1.1", "10.0.0.1"))
    assert verdict.passes
    assert "filter 404 is in the list but not defined" in verdict.notes[0]


@pytest.mark.parametrize(
    ("protocol", "port", "passes", "decider"),
    [
        ("tcp", 80, True, "ip filter dynamic 80"),
        ("tcp", 8080, False, "ip filter 99"),
        ("udp", 5060, True, "ip filter dynamic 81"),
        ("udp", 53, False, "ip filter 99"),
    ],
)
def test_dynamic_filters_let_answers_back(
    protocol: str, port: int, decider: str, *, passes: bool
) -> None:
    """REF 8.1.14: the flow began inside, and its first packet passed."""
    answer = packet("203.0.113.9", "192.168.100.10", protocol, 50_000, source_port=port, flags=ACK)
    assert decided(ask("tunnel1", "in", answer, reply=True)) == (passes, decider)
    assert not ask("tunnel1", "in", answer).passes


def test_pings_come_back() -> None:
    echo = packet("203.0.113.9", "10.0.0.1", "icmp", icmp_type=0)
    assert decided(ask("tunnel1", "in", echo, reply=True)) == (True, "ip filter dynamic 82")


def test_a_flow_that_never_began_has_no_answers() -> None:
    """The first packet is not let out, so the dynamic filter sees nothing."""
    answer = packet("203.0.113.9", "10.0.0.1", "tcp", 50_000, source_port=80, flags=ACK)
    assert not ask("lan3", "in", answer, reply=True).passes
