"""``show ipv6 address``: addresses with their lifetimes, and IPv6 counters, by interface."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.status import values
from yamaha_ops.status.grammar import Grammar

if TYPE_CHECKING:
    from yamaha_ops.status.grammar import Reader

SCOPES = {"グローバル": "global", "Global": "global"}
"""Printed scope to word. Only the Japanese one is recorded; other scopes were never seen."""

_LINK_LOCAL = re.compile(r"fe[89ab][0-9a-f]:", re.IGNORECASE)
"""fe80::/10 (RFC 4291 section 2.5.6): the address tells its scope, whatever the label."""

UNKNOWN = "unknown"
_UP = {"up": True, "down": False}
_LONGEST_PREFIX = 128


@dataclass(frozen=True, slots=True)
class Address:
    """One address; the lifetimes are seconds, and absent for an address that does not expire."""

    address: str
    prefix_length: int
    scope: str = UNKNOWN
    preferred_lifetime_seconds: int | None = None
    valid_lifetime_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    """IPv6 on one interface; the counters are of IPv6 only."""

    interface: str
    up: bool | None = None
    addresses: tuple[Address, ...] = ()
    receive_packets: int | None = None
    receive_bytes: int | None = None
    transmit_packets: int | None = None
    transmit_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Ipv6Address:
    """Every interface that has IPv6."""

    interfaces: tuple[Interface, ...] = ()


_ADDRESS = re.compile(
    r"(\S+)\s+([0-9A-Za-z:.]+)/(\d{1,3})"
    r"(?:\s+\(lifetime: (\d{1,10}|\w+)/(\d{1,10}|\w+)\))?(?:\s+##.*)?"
)

GRAMMAR = Grammar(
    labels={
        "Received": "receive",
        "受信": "receive",
        "Transmitted": "transmit",
        "送信": "transmit",
    },
    forms=(
        ("head", re.compile(r"\S+\s+scope-id\s")),
        ("address", re.compile(r"\s*\S+\s+[0-9A-Za-z]{0,4}:")),
    ),
    whole={"address": _ADDRESS},
)

_HEAD = re.compile(r"(\S+)\s+scope-id\s+\d+\s+\[(\w+)\]", re.ASCII)


def parse(text: str | bytes, command: str) -> tuple[Ipv6Address, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    blocks: list[dict[str, Any]] = []
    for key, value, line in reader:
        if key == "head":
            found = _HEAD.match(value)
            if found:
                blocks.append({"interface": found[1], "up": _UP.get(found[2]), "addresses": []})
            if not found or found[2] not in _UP:
                reader.reject(line)
        elif not blocks:
            reader.reject(line)
        elif key == "address":
            address = _address(value)
            if address:
                blocks[-1]["addresses"].append(address)
            if not address or address.scope == UNKNOWN:
                reader.reject(line)
        elif counted := values.traffic(value):
            blocks[-1][f"{key}_packets"], blocks[-1][f"{key}_bytes"] = counted
        else:
            reader.reject(line)
    interfaces = (Interface(**block | {"addresses": tuple(block["addresses"])}) for block in blocks)
    return Ipv6Address(tuple(interfaces)), reader


def _address(text: str) -> Address | None:
    found = _ADDRESS.fullmatch(text)
    if found is None or int(found[3]) > _LONGEST_PREFIX:
        return None
    scope, address, length, preferred, valid = found.groups()
    return Address(
        address,
        int(length),
        "link_local" if _LINK_LOCAL.match(address) else SCOPES.get(scope, UNKNOWN),
        values.number(preferred or ""),
        values.number(valid or ""),
    )
