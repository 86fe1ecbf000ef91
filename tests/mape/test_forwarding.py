"""May this line forward that port? The questions people ask, with the sentences they get."""

from __future__ import annotations

import pytest

from yamaha_ops.mape import MapeError, Rule, RuleTable, calculate
from yamaha_ops.mape.forwarding import Forward, may_forward

V6PLUS = calculate("240b:10:0:3100::/64")
OCN = calculate("2400:4050:3c2:9e00::/56")
UNSHARED = calculate("2001:db8:12::/48", RuleTable([Rule("2001:db8::/40", "192.0.2.0/24", 8)]))
MASQUERADE = "nat descriptor masquerade static N ID HOST"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8080", Forward(8080, 8080, 8080)),
        ("8080/tcp", Forward(8080, 8080, 8080, "tcp")),
        ("8080/6", Forward(8080, 8080, 8080, "tcp")),
        ("8080-8090/UDP", Forward(8080, 8090, 8080, "udp")),
        ("4880=8080/tcp", Forward(4880, 4880, 8080, "tcp")),
        ("4880-4882=80-82/17", Forward(4880, 4882, 80, "udp")),
        ("esp", Forward(0, 0, 0, "esp")),
    ],
)
def test_a_wish_is_read_as_written(text: str, expected: Forward) -> None:
    assert Forward.parse(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a port"),
        ("http", "is not a port; write 8080/tcp"),
        ("-5", "is not a port"),
        ("80-", "is not a port"),
        ("８０", "is not a port"),
        ("65536", "ports are 0..65535"),
        ("90-80", "runs backwards; write 80-90"),
        ("80-90=80", "not equally many"),
        ("80/http", "is not a protocol; write tcp, udp, icmp"),
        ("80/256", "is not a protocol"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(MapeError, match=message):
        Forward.parse(text)


@pytest.mark.parametrize(
    ("wish", "reason", "nearest"),
    [
        ("8080/tcp", "port 8080 is another line's (PSID 249; this one has 49)", 8976),
        ("80/tcp", "port 80 is no line's: ports 0-4095 are left out of every share", 4880),
        ("4090-4100", "ports 4090-4095 are no line's", 4880),
        ("65535", "port 65535 is another line's (PSID 255; this one has 49)", 62239),
        ("8080-8090", "ports 8080-8090 are another line's (PSID 249; this one has 49)", 8976),
        ("8085-8100", "not this line's but of 2 other lines (PSID 249, 250)", 8976),
        ("8985-8995", "partly this line's, partly of 1 other line (PSID 50)", 8981),
        ("8976-8992", "17 ports in a row are wanted, but a range has only 16", None),
        ("9000-9900", "of 57 other lines (PSID 50, 51, 52, 53 ...)", None),
    ],
)
def test_a_refusal_says_whose_ports_they_are_and_what_is_nearest(
    wish: str, reason: str, nearest: int | None
) -> None:
    verdict = may_forward(V6PLUS, Forward.parse(wish))
    assert not verdict.allowed
    assert reason in verdict.reason
    assert verdict.nearest == nearest


def test_the_own_ranges_around_are_named() -> None:
    around = [may_forward(V6PLUS, Forward.parse(wish)).around for wish in ("80", "8080", "65535")]
    assert around == [
        ((4880, 4895),),
        ((4880, 4895), (8976, 8991)),
        ((62224, 62239),),
    ]


def test_a_static_masquerade_without_an_outer_port_needs_the_inner_port_itself() -> None:
    kept, translated = (
        may_forward(V6PLUS, Forward.parse(wish)) for wish in ("25565/tcp", "25360=25565/tcp")
    )
    assert not kept.allowed
    assert kept.static_masquerade == f"{MASQUERADE} tcp 25375=25565"
    assert translated.allowed
    assert translated.static_masquerade == f"{MASQUERADE} tcp 25360=25565"


@pytest.mark.parametrize(
    ("wish", "command"),
    [
        ("4880/udp", f"{MASQUERADE} udp 4880"),
        ("4880-4895/udp", f"{MASQUERADE} udp 4880-4895"),
        ("4880", f"{MASQUERADE} tcp 4880"),
        ("4880-4881=80-81", None),
    ],
)
def test_what_is_allowed_comes_with_the_router_s_command(wish: str, command: str | None) -> None:
    verdict = may_forward(V6PLUS, Forward.parse(wish))
    assert verdict.allowed
    assert verdict.static_masquerade == command


def test_ocn_reserves_fewer_ports() -> None:
    assert "ports 0-1023 are left out" in may_forward(OCN, Forward.parse("80")).reason
    assert "another line's (PSID 1;" in may_forward(OCN, Forward.parse("1040")).reason


@pytest.mark.parametrize("protocol", ["esp", "gre", "icmp", "1/esp", "0/50"])
def test_a_protocol_without_ports_cannot_pass_a_shared_address(protocol: str) -> None:
    verdict = may_forward(V6PLUS, Forward.parse(protocol))
    assert not verdict.allowed
    assert "has no ports" in verdict.reason
    assert may_forward(UNSHARED, Forward.parse(protocol)).allowed


def test_an_unshared_address_forwards_everything() -> None:
    verdict = may_forward(UNSHARED, Forward.parse("443/tcp"))
    assert verdict.allowed
    assert "not shared" in verdict.reason
    assert verdict.static_masquerade == f"{MASQUERADE} tcp 443"
