"""Tunnels to other sites and for people on the road."""

from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from yamaha_ops.inventory.parts import Host, Name, Part, Range, Text, UserName
from yamaha_ops.inventory.secret import Secret


class Site(Part):
    """A site-to-site IPsec tunnel (REF chapter 15)."""

    number: Annotated[int, Field(ge=2, le=100)]
    """The tunnel, policy and gateway number; 1 is the line's own."""
    networks: Annotated[tuple[IPv4Network, ...], Field(min_length=1)]
    """What is behind the other end."""
    peer: Host
    """The other end's address or name; `any` where it is not fixed."""
    key: Secret
    local_name: Text | None = None
    """Who we are, where our address is not fixed (aggressive mode)."""
    remote_name: Text | None = None
    """Who the other end is, where its address is not fixed."""
    ike: Literal[1, 2] = 1
    encryption: Literal["aes-cbc", "aes256-cbc"] = "aes256-cbc"
    hash: Literal["sha", "sha256"] = "sha256"
    keepalive: Literal["heartbeat", "dpd", "rfc4306"] | None = None
    """`heartbeat` between Yamaha routers, `dpd` otherwise, `rfc4306` with IKEv2."""


class RemoteAccess(Part):
    """L2TP/IPsec for people on the road (REF chapter 16)."""

    number: Annotated[int, Field(ge=2, le=100)] = 11
    """The tunnel, policy and gateway number."""
    key: Secret
    """The pre-shared key."""
    pool: Range
    """Addresses of the LAN for the callers."""
    users: Annotated[dict[UserName, Secret], Field(min_length=1)]


class Vpn(Part):
    """VPNs; both kinds need a line that can be reached, or the other end to answer."""

    sites: dict[Name, Site] = Field(default_factory=dict)
    remote_access: RemoteAccess | None = None
