"""Address lists of a filter: ranges of numbers, and names nobody can look up here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_network
from typing import TYPE_CHECKING

from yamaha_ops.config.family import IPV4, IPV6

if TYPE_CHECKING:
    from yamaha_ops.config.filters.packet import Address

_LAST = {IPV4: 2**32 - 1, IPV6: 2**128 - 1}
_OCTETS = re.compile(r"(?:\d{1,3}|\*)(?:\.(?:\d{1,3}|\*)){3}")


@dataclass(frozen=True, slots=True)
class Addresses:
    """What an address field matches.

    Attributes:
        ranges: Inclusive, as numbers.
        patterns: IPv4 addresses with ``*`` between other octets.
        names: Words only the router can resolve: host names, ``map-e``, ``ra-prefix@...``.
    """

    ranges: tuple[tuple[int, int], ...] = ()
    patterns: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str, version: int) -> Addresses:
        """Read an address field (REF 8.1.10, 30.7.1); what is not an address becomes a name."""
        ranges: list[tuple[int, int]] = []
        patterns: list[str] = []
        names: set[str] = set()
        for word in text.split(","):
            if word == "*":
                ranges.append((0, _LAST[version]))
            elif span := _range(word, version):
                ranges.append(span)
            elif version == IPV4 and _OCTETS.fullmatch(word):
                patterns.append(word)
            else:
                names.add(word)
        return cls(_merge(ranges), tuple(patterns), frozenset(names))

    def matches(self, address: Address) -> bool | None:
        """Say whether ``address`` is meant; None when that depends on a name."""
        number = int(address)
        if any(first <= number <= last for first, last in self.ranges):
            return True
        octets = str(address).split(".")
        for pattern in self.patterns:
            if all(a in {"*", b} for a, b in zip(pattern.split("."), octets, strict=False)):
                return True
        return None if self.names else False

    def covers(self, other: Addresses) -> bool:
        """Say whether everything that ``other`` matches is matched here."""
        return (
            all(any(a <= c and d <= b for a, b in self.ranges) for c, d in other.ranges)
            and (self.everything or other.names <= self.names)
            and (self.everything or set(other.patterns) <= set(self.patterns))
        )

    @property
    def everything(self) -> bool:
        """Say whether no address is left out."""
        return any(first == 0 and last in _LAST.values() for first, last in self.ranges)


def _range(word: str, version: int) -> tuple[int, int] | None:
    """Return first and last address of one item, or None when it is no contiguous range."""
    try:
        if "/" in word:
            network = ip_network(word, strict=False)
            same = network.version == version
            return (int(network[0]), int(network[-1])) if same else None
        first, dash, last = word.partition("-")
        if not dash:
            return _bounds(word, version)
        low = _bounds(first, version)[0] if first else 0
        high = _bounds(last, version)[1] if last else _LAST[version]
    except (AddressValueError, ValueError):
        return None
    return (low, high) if low <= high else None


def _bounds(text: str, version: int) -> tuple[int, int]:
    """Return the lowest and highest address; ``192.168.*.*`` is a range, ``10.*.1.1`` is none."""
    if version == IPV6:
        number = int(IPv6Address(text))
        return number, number
    octets = text.split(".")
    fixed = [octet for octet in octets if octet != "*"]
    if octets != fixed + ["*"] * (len(octets) - len(fixed)):
        raise AddressValueError(text)
    low = IPv4Address(".".join(fixed + ["0"] * (len(octets) - len(fixed))))
    high = IPv4Address(".".join(fixed + ["255"] * (len(octets) - len(fixed))))
    return int(low), int(high)


def _merge(ranges: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)
