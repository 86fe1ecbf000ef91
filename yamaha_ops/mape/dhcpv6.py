"""DHCPv6 options of RFC 7598 that hand a MAP-E line its rules: bytes to rules.

Only the MAP-E container (94) with rules (89), border relays (90) and port parameters (93) is read;
the other softwires (MAP-T 95, lw4o6 96) are not this package's subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.address import (
    IPV4_BITS,
    IPV6_BITS,
    ipv4_text,
    ipv6_text,
    prefix_mask,
)
from yamaha_ops.mape.ports import PORT_BITS
from yamaha_ops.mape.rule import DEFAULT_OFFSET, InterfaceId, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = 89
BR = 90
PORT_PARAMETERS = 93
MAP_E_CONTAINER = 94

_HEADER = 4
_RULE_FIXED = 8
_PORT_PARAMETERS_LENGTH = 4


@dataclass(frozen=True, slots=True)
class MapEContainer:
    """What an OPTION_S46_CONT_MAPE holds.

    Attributes:
        rules: The rules in their order, each with the first border relay.
        forwarding: For each rule whether it may also be used between customers (the F flag).
        relays: IPv6 addresses of the border relays.
    """

    rules: tuple[Rule, ...]
    forwarding: tuple[bool, ...]
    relays: tuple[str, ...]


def decode(data: bytes, *, interface_id: InterfaceId = "rfc7597") -> MapEContainer:
    """Return the rules of one MAP-E container option, its code and length included.

    Args:
        data: The option as it stands in the DHCPv6 message.
        interface_id: Form of the CE address, which the option does not tell.

    Raises:
        MapeError: The bytes are not one whole container, or a rule in it is not possible.
    """
    options = list(_options(data))
    if len(options) != 1 or options[0][0] != MAP_E_CONTAINER:
        raise MapeError(f"not one MAP-E container: option {MAP_E_CONTAINER} is expected")
    inside = list(_options(options[0][1]))
    relays = tuple(_relay(body) for code, body in inside if code == BR)
    bodies = [body for code, body in inside if code == RULE]
    br = relays[0] if relays else None
    return MapEContainer(
        rules=tuple(_rule(body, br, interface_id) for body in bodies),
        forwarding=tuple(bool(body[0] & 1) for body in bodies),
        relays=relays,
    )


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(data):
        header = data[position : position + _HEADER]
        length = int.from_bytes(header[2:], "big")
        body = data[position + _HEADER : position + _HEADER + length]
        if len(header) < _HEADER or len(body) < length:
            raise MapeError(f"DHCPv6 option at octet {position} is cut short")
        yield int.from_bytes(header[:2], "big"), body
        position += _HEADER + length


def _relay(body: bytes) -> str:
    if len(body) * 8 != IPV6_BITS:
        raise MapeError(f"border relay option has {len(body)} octets; an IPv6 address has 16")
    return ipv6_text(int.from_bytes(body, "big"))


def _rule(body: bytes, br: str | None, interface_id: InterfaceId) -> Rule:
    prefix_octets = (body[_RULE_FIXED - 1] + 7) // 8 if len(body) >= _RULE_FIXED else 0
    end = _RULE_FIXED + prefix_octets
    if len(body) < max(end, _RULE_FIXED):
        raise MapeError(f"rule option is cut short: {len(body)} octets, at least {end} are needed")
    ea_bits, ipv4_length, ipv6_length = body[1], body[2], body[_RULE_FIXED - 1]
    if ipv4_length > IPV4_BITS or ipv6_length > IPV6_BITS:
        raise MapeError(
            f"rule option has prefix lengths {ipv4_length} (IPv4), {ipv6_length} (IPv6)"
        )
    # Bits behind a prefix length must be sent as zero and ignored by the receiver (RFC 7598 4.1).
    ipv4 = int.from_bytes(body[3:7], "big") & prefix_mask(ipv4_length, IPV4_BITS)
    prefix = body[_RULE_FIXED:end].ljust(IPV6_BITS // 8, b"\0")
    ipv6 = int.from_bytes(prefix, "big") & prefix_mask(ipv6_length, IPV6_BITS)
    offset, psid_length, psid = _port_parameters(body[end:])
    return Rule(
        ipv6=f"{ipv6_text(ipv6)}/{ipv6_length}",
        ipv4=f"{ipv4_text(ipv4)}/{ipv4_length}",
        ea_bits=ea_bits,
        psid_offset=offset,
        interface_id=interface_id,
        br=br,
        provisioned_psid=None if ea_bits else psid,
        provisioned_psid_length=psid_length,
    )


def _port_parameters(data: bytes) -> tuple[int, int | None, int | None]:
    """Return offset, PSID length and PSID; a PSID length of 0 means: derive both (RFC 7598 4.5)."""
    for code, body in _options(data):
        if code != PORT_PARAMETERS:
            continue
        if len(body) != _PORT_PARAMETERS_LENGTH:
            raise MapeError(f"port parameter option has {len(body)} octets instead of 4")
        offset, length = body[0], body[1]
        if length == 0:
            return offset, None, None
        if length > PORT_BITS:
            raise MapeError(f"port parameter option has PSID length {length}; it must be 0..16")
        return offset, length, int.from_bytes(body[2:], "big") >> PORT_BITS - length
    return DEFAULT_OFFSET["rfc7597"], None, None
