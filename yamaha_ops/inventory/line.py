"""The Internet line a router serves: which service, how IPv6 arrives, what is expected of it."""

from ipaddress import IPv6Network
from typing import Annotated, Literal, get_args

from pydantic import Field

from yamaha_ops.inventory.parts import Part, Text

Service = Literal["v6plus"]
SERVICES: tuple[str, ...] = get_args(Service)

Interface = Annotated[str, Field(pattern=r"^(lan|vlan|bridge)\d+(/\d+)?$")]


class Line(Part):
    """One line. The defaults are what Yamaha's own examples for the service use."""

    service: Service
    ipv6: Literal["ra", "pd"] = "ra"
    """How the prefix arrives: router advertisement (a /64) or DHCPv6 delegation (a /56)."""
    interface: Interface = "lan2"
    description: Text | None = None
    prefix: IPv6Network | None = None
    """The prefix that this line is known to get; verification expects it."""
    tunnel: Annotated[int, Field(ge=1, le=100)] = 1
    mtu: Annotated[int, Field(ge=1280, le=1500)] = 1460
    nat_descriptor: Annotated[int, Field(ge=1, le=2147483647)] = 1000
