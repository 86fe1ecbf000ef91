"""NAT descriptors in use: on which interface, with which address, ports and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.lan import leases
from yamaha_ops.lab.line import PpState
from yamaha_ops.lab.world import PPPOE_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    documented("With outer `map-e` the port ranges set themselves", "REF 23.11"),
    assumed(
        "The limit of a host is 65534 unless `session limit` says otherwise", "the table's size"
    ),
    assumed("Without `map-e` the ranges are those an RTX1300 showed", "RTX1300/show_nat_*"),
    assumed(
        "`ipcp/` before the address of a PP, nothing before a fixed one",
        "RTX830/show_nat_*, RTX1300",
    ),
)

TABLE: Final = 65_534
"""Entries of the session table."""
RANGES: Final = ((60000, 64095), (49152, 59999), (44096, 49151))


@dataclass(frozen=True, slots=True)
class Applied:
    """A descriptor in use.

    Attributes:
        source: The word before the address: ``map-e``, ``ipcp``, or None.
        address: The outer address, or None while there is none.
        sessions: Inner address and session count of each busy host, most first.
        limit: How many sessions one host may have.
    """

    number: int
    interface: str
    source: str | None
    address: str | None
    ranges: Sequence[tuple[int, int]]
    sessions: Sequence[tuple[str, int]]
    limit: int

    @property
    def total(self) -> int:
        """Sessions of all hosts together."""
        return sum(count for _, count in self.sessions)


@dataclass(frozen=True, slots=True)
class _Place:
    """An interface that may use descriptors, and whether it carries traffic."""

    name: str
    words: tuple[str, ...]
    context: str
    up: bool
    answered: bool


def applied(router: EmulatedRouter) -> Iterator[Applied]:
    """Yield the descriptors that interfaces use: LAN2, then PPs, then tunnels."""
    view = router.view
    for place in _places(router):
        for word in view.first(*place.words, context=place.context) or ():
            if word.isdigit():
                yield _applied(router, int(word), place)


def _places(router: EmulatedRouter) -> Iterator[_Place]:
    yield _Place("LAN2", ("ip", "lan2", "nat", "descriptor"), "", up=False, answered=False)
    for number, state in router.line.pps.items():
        here = f"pp{number}"
        up = state is PpState.CONNECTED and router.up_since(here) is not None
        yield _Place(f"PP[{number:02}]", ("ip", "pp", "nat", "descriptor"), here, up, up)
    for tunnel in router.line.tunnels:
        here = f"tunnel{tunnel.number}"
        up = router.up_since(here) is not None
        words = ("ip", "tunnel", "nat", "descriptor")
        yield _Place(f"TUNNEL[{tunnel.number}]", words, here, up, up and tunnel.answered)


def _applied(router: EmulatedRouter, number: int, place: _Place) -> Applied:
    view, mapping = router.view, router.line.mapping
    outer = view.value("nat", "descriptor", "address", "outer", str(number), default="ipcp")
    source: str | None = outer if outer in {"map-e", "ipcp", "primary"} else None
    address: str | None = None
    ranges: Sequence[tuple[int, int]] = ()
    if outer == "map-e":
        if place.up and mapping is not None:
            address, ranges = mapping.ipv4, mapping.ports.ranges
    else:
        ranges = RANGES
        if place.up:
            address = PPPOE_ADDRESS if source else outer
    limit = ("nat", "descriptor", "masquerade", "session", "limit", str(number), "1")
    busy = [(lease.address, lease.host.sessions) for lease in leases(router) if lease.host.sessions]
    return Applied(
        number,
        f"{place.name}(1)",
        source,
        address,
        ranges,
        sorted(busy, key=lambda each: -each[1]) if place.answered else (),
        int(view.value(*limit, default=str(TABLE))),
    )
