"""The ways out: tunnel, PPPoE session, NAT and the default route that joins them."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from yamaha_ops.firmware import supports
from yamaha_ops.render import numbers
from yamaha_ops.render.filters import VPN_PORTS, Filter, Policy, answers_vpn
from yamaha_ops.render.services import V6PLUS, Service
from yamaha_ops.render.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.inventory.line import Line, Pppoe
    from yamaha_ops.inventory.router import Router


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The tunnel that carries IPv4 over the line."""

    number: int
    encapsulation: str
    map_e_type: str | None
    """None where the firmware does not know the command, or needs no telling."""
    endpoint: Words | None
    """``address ...`` or ``name ... fqdn``."""
    mtu: int
    clamps: bool
    policy: Policy
    nat_descriptor: int | None

    @property
    def by_name(self) -> bool:
        """Whether the far end is known by name only."""
        return self.endpoint is not None and self.endpoint.startswith("name ")


@dataclass(frozen=True, slots=True)
class Session:
    """A PPPoE session."""

    wish: Pppoe
    interface: str
    policy: Policy
    nat_descriptor: int


@dataclass(frozen=True, slots=True)
class Static:
    """One static NAT entry: its number and the rest of its line."""

    number: int
    entry: Words
    because: str
    """The field of the inventory that asks for it."""


@dataclass(frozen=True, slots=True)
class Nat:
    """A NAT descriptor that shares one IPv4 address."""

    descriptor: int
    outer: Words | None
    """None for a PPPoE session, whose default (`ipcp`) is right (REF 23.4)."""
    port_ranges: Words | None = None
    statics: tuple[Static, ...] = ()


def tunnel(router: Router, line: Line, service: Service, policy: Policy) -> Tunnel | None:
    """Return the tunnel of a service that has one."""
    if service.encapsulation is None:
        return None
    kind = service.map_e_type
    if kind == V6PLUS and not supports("map-e type", router.model, router.firmware):
        kind = None
    return Tunnel(
        number=line.tunnel,
        encapsulation=service.encapsulation,
        map_e_type=kind,
        endpoint=_endpoint(line, service),
        mtu=line.mtu,
        clamps=service.clamps,
        policy=policy,
        nat_descriptor=line.nat_descriptor if service.nat else None,
    )


def _endpoint(line: Line, service: Service) -> Words | None:
    if service.encapsulation != "ipip":
        return None
    if service.nat == "shared" and line.mapping is not None:
        return Words(f"address {line.mapping.ce} {line.mapping.br}")
    far = line.fixed.br if line.fixed else line.endpoint or service.endpoint
    if isinstance(far, IPv6Address):
        return Words(f"address {far}")
    return Words(f"name {far} fqdn")


def interface_id(line: Line, service: Service) -> str | None:
    """Return the lower half of an address that the service demands of the router."""
    if line.fixed is not None:
        return str(line.fixed.interface_id)
    if service.nat == "shared" and line.mapping is not None:
        low = int(IPv6Address(line.mapping.ce)) & (1 << 64) - 1
        return str(IPv6Address(low))
    return None


def session(line: Line, service: Service, policy: Policy) -> Session | None:
    """Return the PPPoE session: the line itself, or the second way beside a tunnel."""
    if line.pppoe is None:
        return None
    free = line.nat_descriptor + 1 if service.nat else line.nat_descriptor
    return Session(line.pppoe, line.interface, policy, line.pppoe.nat_descriptor or free)


def nats(router: Router, line: Line, service: Service, through: Session | None) -> tuple[Nat, ...]:
    """Return the NAT descriptors; static entries go with the way that can be reached."""
    found = []
    statics = tuple(_statics(router))
    if service.nat is not None:
        reached = () if through else statics
        found.append(Nat(line.nat_descriptor, *_outer(line, service), reached))
    if through is not None:
        found.append(Nat(through.nat_descriptor, None, None, statics))
    return tuple(found)


def _outer(line: Line, service: Service) -> tuple[Words, Words | None]:
    if service.nat == "fixed" and line.fixed is not None:
        return Words(line.fixed.address), None
    if service.nat == "shared" and line.mapping is not None:
        ranges = words(f"{low}-{high}" for low, high in line.mapping.ports.ranges)
        return Words(line.mapping.ipv4), ranges
    return Words(service.nat), None


def _statics(router: Router) -> Iterator[Static]:
    for name, forward in router.filters.forward.items():
        protocol = forward.service.protocol
        number = numbers.NAT[protocol] + forward.outer[0]
        inner = forward.service.port_list
        ports = inner if forward.port is None or str(forward.port) == inner else None
        shown = ports or f"{forward.port}={inner}"
        yield Static(number, Words(f"{forward.to} {protocol} {shown}"), f"filters.forward.{name}")
    if router.lan is None or not answers_vpn(router):
        return
    own = router.lan.address.ip
    yield Static(numbers.NAT["esp"] + 50, Words(f"{own} esp"), "vpn")
    for port in VPN_PORTS:
        yield Static(numbers.NAT["udp"] + port, Words(f"{own} udp {port}"), "vpn")


def default_route(
    line: Line, out: Tunnel | None, through: Session | None
) -> tuple[Words | None, Filter | None]:
    """Return the gateways of the default route, and the filter of hosts that leave by PPPoE.

    A second way takes over while the tunnel is down (``hide`` and ``weight 0``, REF 8.1.7), or
    serves the hosts that the inventory names.
    """
    if through is None:
        return (Words(f"gateway tunnel {out.number}"), None) if out else (None, None)
    pp = f"gateway pp {through.wish.number}"
    if out is None:
        return Words(pp), None
    if not through.wish.hosts:
        return Words(f"gateway tunnel {out.number} hide {pp} weight 0"), None
    hosts = ",".join(str(host) for host in line.pppoe.hosts) if line.pppoe else ""
    chosen = Filter(numbers.ROUTE, Words(f"pass {hosts} * * * *"), "line.pppoe.hosts")
    return Words(f"{pp} filter {chosen.number} gateway tunnel {out.number}"), chosen
