"""Where every bit of a mapping sits: what both pictures (SVG and terminal) are drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from yamaha_ops.mape.address import (
    IPV4_BITS,
    IPV6_BITS,
    NETWORK_BITS,
    ipv4_text,
    read_ipv4_prefix,
    read_ipv6,
)
from yamaha_ops.mape.ports import PORT_BITS, PORTS

if TYPE_CHECKING:
    from yamaha_ops.mape.mapping import Mapping


PORT_ROWS = 16
PORT_ROW = PORTS // PORT_ROWS
"""The port map has 16 rows of 4,096 ports: with the common PSID offset 4 the ranges line up."""


class Kind(Enum):
    """What a field is made of; pictures give each kind one colour."""

    OPERATOR = "operator"
    IPV4 = "ipv4"
    PSID = "psid"
    OWN = "own"
    ZERO = "zero"


@dataclass(frozen=True, slots=True)
class Field:
    """Some bits in a row.

    Attributes:
        kind: What they are made of.
        start: First bit, counted from the left of the whole (bit 0 is the most significant).
        width: How many bits.
        name: A few words for a person.
        value: What the bits say, as a person would write it.
        bits: The bits themselves, ``width`` characters: 0, 1, or ``x`` for "may be anything".
    """

    kind: Kind
    start: int
    width: int
    name: str
    value: str
    bits: str

    @property
    def place(self) -> str:
        """The bit numbers, such as ``32-47``."""
        return f"{self.start}-{self.start + self.width - 1}" if self.width > 1 else f"{self.start}"


@dataclass(frozen=True, slots=True)
class _Part:
    kind: Kind
    width: int
    name: str
    value: str
    anything: bool = False


def _lay_out(value: int, bits: int, parts: tuple[_Part, ...], origin: int = 0) -> tuple[Field, ...]:
    """Put parts side by side from the left; those without bits vanish."""
    digits = f"{value:0{bits}b}"
    fields = []
    start = 0
    for part in parts:
        if part.width:
            here = "x" * part.width if part.anything else digits[start : start + part.width]
            fields.append(Field(part.kind, origin + start, part.width, part.name, part.value, here))
        start += part.width
    return tuple(fields)


def prefix_fields(line: Mapping) -> tuple[Field, ...]:
    """Return the upper 64 bits of the line: rule, IPv4 bits, PSID, what is left for subnets."""
    rule = line.rule
    address, _, length = line.end_user_prefix.partition("/")
    network = read_ipv6(address) >> NETWORK_BITS
    suffix = rule.ea_bits and rule.ea_bits - rule.psid_length
    return _lay_out(
        network,
        NETWORK_BITS,
        (
            _Part(Kind.OPERATOR, rule.ipv6_length, "rule prefix", rule.ipv6),
            _Part(Kind.IPV4, suffix, "IPv4 part", _added_ipv4(line)),
            _Part(Kind.PSID, rule.ea_bits - suffix, "PSID", f"{line.psid}"),
            _Part(Kind.OWN, int(length) - rule.end, "given subnet", f"{line.subnet_bits:x}"),
            _Part(Kind.OWN, NETWORK_BITS - int(length), "your subnets", "free", anything=True),
        ),
    )


def ce_fields(line: Mapping) -> tuple[Field, ...]:
    """Return the lower 64 bits of the CE address: IPv4 address and PSID once more."""
    old = line.rule.interface_id == "draft-03"
    value, _ = read_ipv4_prefix(line.ipv4)
    psid = _Part(Kind.PSID, PORT_BITS, "PSID", f"{line.psid}")
    return _lay_out(
        read_ipv6(line.ce) & (1 << NETWORK_BITS) - 1,
        NETWORK_BITS,
        (
            _Part(Kind.ZERO, 8 if old else 16, "zero", "0"),
            _Part(Kind.IPV4, IPV4_BITS, "IPv4 address", ipv4_text(value)),
            psid if line.psid_length else _Part(Kind.ZERO, PORT_BITS, "no PSID", "0"),
            _Part(Kind.ZERO, 8 if old else 0, "zero", "0"),
        ),
        origin=IPV6_BITS - NETWORK_BITS,
    )


def ipv4_fields(line: Mapping) -> tuple[Field, ...]:
    """Return the IPv4 address: the rule's part, the prefix's part, what is left for hosts."""
    rule = line.rule
    value, length = read_ipv4_prefix(line.ipv4)
    return _lay_out(
        value,
        IPV4_BITS,
        (
            _Part(Kind.OPERATOR, rule.ipv4_length, "from the rule", rule.ipv4),
            _Part(Kind.IPV4, length - rule.ipv4_length, "from the prefix", _added_ipv4(line)),
            _Part(Kind.OWN, rule.ipv4_spare, "your addresses", "free", anything=True),
        ),
    )


def port_fields(line: Mapping) -> tuple[Field, ...]:
    """Return a port of the line: offset bits, PSID, the rest; all free on an unshared address."""
    ports = line.ports
    if not ports.psid_length:
        free = _Part(Kind.OWN, PORT_BITS, "any port", "0-65535", anything=True)
        return _lay_out(0, PORT_BITS, (free,))
    rest = PORT_BITS - ports.offset - ports.psid_length
    name = "PSID" if line.rule.ea_bits else "PSID from the operator"
    return _lay_out(
        ports.ranges[0][0],
        PORT_BITS,
        (
            _Part(Kind.OWN, ports.offset, "anything but 0", "", anything=True),
            _Part(Kind.PSID, ports.psid_length, name, f"{line.psid}"),
            _Part(Kind.OWN, rest, "anything", "", anything=True),
        ),
    )


def _added_ipv4(line: Mapping) -> str:
    """Return what the prefix adds to the rule's IPv4 prefix, such as ``+ 0.0.15.10``."""
    value, _ = read_ipv4_prefix(line.ipv4)
    return f"+ {ipv4_text(value - line.rule.ipv4_value)}"
