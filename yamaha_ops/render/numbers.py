"""Numbers for filters, NAT entries and schedules: predictable, and stable when others come or go.

What has a natural number (a port, a VLAN ID) is numbered by it; what has only words is numbered by
a checksum of them. So an insertion never renumbers a neighbour, and a plan touches only what
changed. Numbers of the default policy are those of Yamaha's examples (200003..200099).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

PING = 220_000
"""+ VLAN ID: ICMP to the VLAN."""
SPOOF_IN = 230_000
"""+ VLAN ID: packets from outside that claim to be from inside."""
SPOOF_OUT = 240_000
"""+ VLAN ID: packets to inside addresses that leave by the line."""
ISOLATION = 250_000
"""+ twice the VLAN ID: what an isolated VLAN may do."""
PROTOCOL = 290_000
"""+ protocol number: ESP to the router."""
FORWARD = {"tcp": 300_000, "udp": 400_000}
"""+ port: forwards and the router's own VPN ports."""
ROUTE = 600_000
"""Hosts that leave by PPPoE."""
ALLOW = 700_000
"""+ checksum: `filters.allow`."""
BLOCK = 800_000
"""+ checksum: `filters.block`."""
SPAN = 90_000

SCHEDULE = 1000
"""+ checksum: `schedules`."""
SCRIPT = 100
"""+ checksum: when scripts start. The guard of a change has 99, people have what is below."""
SCRIPT_SPAN = 900

NAT = {"tcp": 0, "udp": 100_000, "esp": 200_000}
"""+ outer port: static NAT entries."""


def by_words(
    base: int, words: Iterable[str], span: int = SPAN, *, used: Collection[int] = ()
) -> dict[str, int]:
    """Number things that have only words; two with the same checksum go to neighbouring numbers.

    Args:
        base: The lowest number.
        words: What is numbered.
        span: How many numbers there are.
        used: Numbers that something else has.
    """
    taken: dict[int, str] = {}
    for each in sorted(set(words)):
        number = crc32(each.encode()) % span
        while number in taken or base + number in used:
            number = (number + 1) % span
        taken[number] = each
    return {each: base + number for number, each in taken.items()}
