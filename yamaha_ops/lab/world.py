"""What surrounds an emulated router: the provider's line, the hosts on the LAN, their traffic."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Final, Literal

from yamaha_ops.errors import InputError
from yamaha_ops.lab.fidelity import assumed

FIDELITY: Final = (
    assumed("Traffic grows evenly with time", "counters must move; no real traffic exists here"),
    assumed("CPU, memory and buffer figures stand still", "plausible values of an idle router"),
)


PPPOE_ADDRESS: Final = "203.0.113.10"
"""What the emulated PPPoE server gives."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Traffic that grows evenly: what was there before, and what a second adds.

    Attributes:
        packets, octets: The counters at the beginning (an interface's start, a tunnel's rise).
        packets_per_second, octets_per_second: The growth.
    """

    packets: int = 0
    octets: int = 0
    packets_per_second: float = 0.0
    octets_per_second: float = 0.0

    def at(self, seconds: float) -> tuple[int, int]:
        """Return packets and octets after that many seconds."""
        elapsed = max(seconds, 0.0)
        return (
            self.packets + int(self.packets_per_second * elapsed),
            self.octets + int(self.octets_per_second * elapsed),
        )


SILENCE: Final = Flow()


@dataclass(frozen=True, slots=True)
class Duplex:
    """Traffic both ways, as the router counts it.

    Attributes:
        fast: Sent packets that took the fast path; most of them if not given.
    """

    receive: Flow = SILENCE
    transmit: Flow = SILENCE
    fast: int | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the provider's side of LAN2 offers.

    Attributes:
        prefix: The prefix of the line, or None where nothing answers.
        by: Whether it comes by router advertisement (/64, no telephone contract) or by DHCPv6
            prefix delegation.
        settle_seconds: From the moment the configuration is right until the tunnel is up.
        gateway: The provider router's link-local address.
        preferred_seconds, valid_seconds: The prefix's lifetimes.
    """

    prefix: str | None = "240b:10:0:3100::/64"
    by: Literal["ra", "pd"] = "ra"
    settle_seconds: float = 1.0
    gateway: str = "fe80::a6:ffff:fe00:1"
    dns: tuple[str, ...] = ("2404:1a8:7f01:b::3", "2404:1a8:7f01:a::3")
    domains: tuple[str, ...] = ("flets-east.jp", "iptvf.jp")
    sntp: tuple[str, ...] = ("2404:1a8:1102::b", "2404:1a8:1102::a")
    preferred_seconds: int = 604_800
    valid_seconds: int = 2_592_000

    def __post_init__(self) -> None:
        """Refuse what is no prefix, before a router trips over it."""
        if self.prefix is not None:
            try:
                ipaddress.IPv6Network(self.prefix)
            except ValueError as error:
                raise InputError(f"not an IPv6 prefix: {error}") from None


@dataclass(frozen=True, slots=True)
class Host:
    """One machine on the LAN that holds a lease from the router.

    Attributes:
        number: Which address of the DHCP scope it has, 0 for the first.
        port: The switch port it is plugged into.
        sessions: Its NAT sessions while the line is up.
        leased_seconds_ago: When the lease was last extended, before the router's start.
    """

    number: int
    mac_address: str
    name: str | None = None
    port: int = 1
    sessions: int = 0
    leased_seconds_ago: int = 600
    by_client_id: bool = False


HOSTS: Final = (
    Host(0, "00:a0:de:11:22:33", "nas", port=1, sessions=12, by_client_id=True),
    Host(1, "00:a0:de:44:55:66", "pc", port=2, sessions=57, leased_seconds_ago=1800),
    Host(2, "ac:de:48:00:11:22", None, port=2, sessions=9, leased_seconds_ago=30),
)


@dataclass(frozen=True, slots=True)
class World:
    """Everything around one router. Replace it to put a router into a wanted state.

    Attributes:
        lan: Traffic of ``lan1`` and ``lan2``, IPv4 and IPv6 together.
        tunnel: Traffic of a tunnel, from its rise; nothing is received where nothing returns.
        peers: Tunnels whose far end answers (IPsec, L2TP).
        pppoe: Whether a PPPoE server answers on LAN2.
        ports: Which ports of the LAN1 switch have a link.
    """

    offer: Offer = field(default_factory=Offer)
    hosts: tuple[Host, ...] = HOSTS
    lan1: Duplex = Duplex(Flow(0, 0, 12.0, 2400.0), Flow(0, 0, 17.0, 14_000.0))
    lan2: Duplex = Duplex(Flow(0, 0, 15.0, 13_000.0), Flow(0, 0, 11.0, 2200.0))
    ipv6: Duplex = Duplex(Flow(0, 0, 0.5, 80.0), Flow(0, 0, 0.4, 60.0))
    tunnel: Duplex = Duplex(Flow(0, 0, 14.0, 12_000.0), Flow(0, 0, 10.0, 1500.0))
    peers: frozenset[int] = frozenset()
    pppoe: bool = False
    ports: tuple[int, ...] = (1, 2)
    cpu: tuple[int, int, int] = (0, 0, 0)
    memory: int = 21
    packet_buffer: tuple[int, int, int, int] = (0, 0, 4, 0)
    yno: str | None = None
    """The operator id, where the YNO agent is connected."""
    firmware_offered: str | None = None
    """The revision that `http revision-up` finds on its server."""
