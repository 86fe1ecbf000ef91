"""The LAN side: which host has which address, for leases, ARP and NAT tables."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.view import View
    from yamaha_ops.lab.world import Host

FIDELITY: Final = (
    documented("Leases last 72 hours unless `expire` says otherwise", "REF 12.1"),
    assumed("Clients extend their leases at half time", "usual client behaviour"),
)

LEASE_SECONDS: Final = 72 * 3600


@dataclass(frozen=True, slots=True)
class Scope:
    """One ``dhcp scope``: its addresses without those excepted."""

    number: int
    network: ipaddress.IPv4Network
    first: ipaddress.IPv4Address
    last: ipaddress.IPv4Address
    excepted: int

    @property
    def total(self) -> int:
        """How many addresses the range holds."""
        return int(self.last) - int(self.first) + 1


@dataclass(frozen=True, slots=True)
class Lease:
    """One address in use."""

    scope: int
    address: str
    host: Host
    remaining_seconds: float


def scopes(view: View) -> Iterator[Scope]:
    """Yield the scopes that the configuration gives; malformed ones are left out."""
    if view.value("dhcp", "service", default="off") != "server":
        return
    for words in view.all("dhcp", "scope"):
        if len(words) < 2 or not words[0].isdigit():  # noqa: PLR2004 -- number and range
            continue
        span, _, mask = words[1].partition("/")
        low, _, high = span.partition("-")
        try:
            first = ipaddress.IPv4Address(low)
            last = ipaddress.IPv4Address(high)
            network = ipaddress.IPv4Network(f"{low}/{mask}", strict=False)
        except ValueError:
            continue
        excepted = 0
        if "except" in words:
            excepted = len(words) - words.index("except") - 1
        yield Scope(int(words[0]), network, first, last, excepted)


def leases(router: EmulatedRouter) -> Iterator[Lease]:
    """Yield who has which address, in the first scope."""
    scope = next(scopes(router.view), None)
    if scope is None:
        return
    for host in router.world.hosts:
        if host.number < scope.total:
            age = (host.leased_seconds_ago + router.uptime()) % (LEASE_SECONDS / 2)
            address = str(scope.first + host.number)
            yield Lease(scope.number, address, host, LEASE_SECONDS - age)
