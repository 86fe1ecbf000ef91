"""A packet to ask about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

SYN, RST, ACK = 0x02, 0x04, 0x10

Address = IPv4Address | IPv6Address
Direction = Literal["in", "out"]

PROTOCOLS = {
    "icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "udp": 17, "ipv6": 41, "gre": 47, "esp": 50,
    "ah": 51, "icmp6": 58, "ospf": 89, "vrrp": 112, "l2tp": 115,
}  # fmt: skip
"""Names of protocols (REF 8.1.10, IANA)."""

TCP, UDP = PROTOCOLS["tcp"], PROTOCOLS["udp"]
WITH_PORTS = frozenset({TCP, UDP})


@dataclass(frozen=True, slots=True)
class Packet:
    """The first packet of a flow, or an answer to one.

    Attributes:
        source: Source address.
        destination: Destination address, of the same family.
        protocol: IP protocol number.
        source_port: For TCP and UDP; None where any port is meant.
        destination_port: For TCP and UDP; for ICMP leave it out.
        flags: TCP flags; a flow begins with SYN alone.
        icmp_type: For ICMP, where it matters.
    """

    source: Address
    destination: Address
    protocol: int
    source_port: int | None = None
    destination_port: int | None = None
    flags: int = SYN
    icmp_type: int | None = None

    @property
    def version(self) -> int:
        """4 or 6."""
        return self.source.version

    def reversed(self) -> Packet:
        """Return the packet that answers this one (or that it answers)."""
        return replace(
            self,
            source=self.destination,
            destination=self.source,
            source_port=self.destination_port,
            destination_port=self.source_port,
            flags=SYN | ACK if self.flags == SYN else SYN,
        )
