"""The network behind the router: its address, its VLANs, its DHCP scopes."""

from ipaddress import IPv4Address, IPv4Interface
from math import inf
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from yamaha_ops.inventory.parts import DomainName, Interface, Mac, Name, Part, Range, fault, form

Lease = Annotated[
    str,
    form(r"^(\d{1,5}:[0-5]\d|\d{1,8}|infinity)$", "hours and minutes (72:00), minutes or infinity"),
]
"""Hours and minutes (`72:00`), minutes, or `infinity` (REF 12.1.4)."""


ClientId = Annotated[
    str, form(r"^[0-9a-f]{2}( [0-9a-f]{2})+$", "pairs of hexadecimal digits: 01 ac 44 f2 00 00 01")
]


def minutes(lease: str | None) -> float:
    """Return a lease in minutes; 72 hours where it is left out (REF 12.1.4)."""
    if lease == "infinity":
        return inf
    hours, colon, rest = (lease or "72:00").partition(":")
    return int(hours) * 60 + int(rest) if colon else int(hours)


class Reservation(Part):
    """An address kept for one host."""

    address: IPv4Address
    mac: Mac | None = None
    """Matches the hardware address, or the client identifier that is made of it."""
    client_id: ClientId | None = None
    """The client identifier as the router lists it: `01 00 a0 de 12 34 56`."""

    @model_validator(mode="after")
    def _one_way(self) -> "Reservation":
        if (self.mac is None) == (self.client_id is None):
            raise fault("address", "needs either mac or client_id")
        return self


class Dhcp(Part):
    """One DHCP scope; `dhcp: 192.168.100.2-192.168.100.191` is short for a range alone."""

    range: Range
    exclude: tuple[IPv4Address, ...] = ()
    gateway: IPv4Address | None = None
    """The router itself where left out."""
    lease: Lease | None = None
    """How long where the client asks for nothing (72:00)."""
    max_lease: Lease | None = None
    """How long at most (72:00)."""
    dns: tuple[IPv4Address, ...] = ()
    """Name servers to hand out; the router itself where left out."""
    domain: DomainName | None = None
    reservations: dict[Name, Reservation] = Field(default_factory=dict)
    """By host."""

    @model_validator(mode="after")
    def _leases_agree(self) -> "Dhcp":
        """Hold to REF 12.1.4: what clients get unasked is no longer than the most."""
        if minutes(self.lease) > minutes(self.max_lease):
            raise fault("lease", "is longer than max_lease (72:00 where left out)")
        return self


Scope = Annotated[
    Dhcp,
    BeforeValidator(
        lambda value: {"range": value} if isinstance(value, str) else value,
        json_schema_input_type=Range | Dhcp,
    ),
]


class Network(Part):
    """A network of the router's own: its address there, and whom it serves."""

    address: IPv4Interface
    """The router's own address with its mask length."""
    dhcp: Scope | None = None
    """The addresses that the router hands out."""

    @model_validator(mode="after")
    def _fits(self) -> "Network":
        network, scope = self.address.network, self.dhcp
        if scope is None:
            return self
        inside = {"network": str(network)}
        if scope.range.first not in network or scope.range.last not in network:
            raise fault("dhcp", "the range is not inside {network}", **inside)
        if self.address.ip in scope.range:
            raise fault("dhcp", "the range holds the router's own address")
        if scope.gateway is not None and scope.gateway not in network:
            raise fault("dhcp.gateway", "is not inside {network}", **inside)
        taken: dict[Any, str] = {}
        for name, kept in scope.reservations.items():
            if kept.address not in scope.range:
                raise fault(f"dhcp.reservations.{name}.address", "is not in the range of the scope")
            if kept.address in taken:
                raise fault(
                    f"dhcp.reservations.{name}.address",
                    "is kept for {other} already",
                    other=taken[kept.address],
                )
            taken[kept.address] = name
        return self


class Lan(Network):
    """The LAN side."""

    interface: Interface = "lan1"
    lan_map: bool = False
    """Watch switches and terminals (`switch control use`)."""


class Vlan(Network):
    """A tagged VLAN on the LAN side."""

    id: Annotated[int, Field(ge=2, le=4094)]
    """The VLAN ID on the wire."""
    interface: Interface | None = None
    """The router's name for it; `lan1/1`, `lan1/2` ... in the order of the file."""
    isolated: bool = False
    """Into the Internet only: other networks and the router's own services stay closed."""
    ipv6_subnet: Annotated[int, Field(ge=1, le=255)] | None = None
    """The subnet number in a delegated /56; without it the VLAN has IPv4 only."""
