"""Packet filters in words: who may reach whom with which service."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from yamaha_ops.inventory.parts import Name, Part, Port, fault, one_of

WORDS = {
    "any": "*",
    "ping": "icmp",
    "ftp": "tcp/20,21",
    "ssh": "tcp/22",
    "telnet": "tcp/23",
    "smtp": "tcp/25",
    "dns": "tcp,udp/53",
    "http": "tcp/80",
    "ntp": "udp/123",
    "imap": "tcp/143",
    "snmp": "udp/161",
    "https": "tcp/443",
    "smb": "tcp/445",
    "syslog": "udp/514",
    "submission": "tcp/587",
    "imaps": "tcp/993",
    "openvpn": "udp/1194",
    "rdp": "tcp/3389",
    "sip": "udp/5060",
    "wireguard": "udp/51820",
}
"""Services by name; anything else is written `tcp/8080`, `udp/5004-5035`, `tcp/80,443`, `esp`."""

_FORM = re.compile(
    r"(?P<protocol>tcp,udp|tcp|udp)/(?P<ports>\d+(-\d+)?(,\d+(-\d+)?)*)"
    r"|(?P<bare>\*|icmp|tcp|udp|tcp,udp|esp|gre|ah|\d{1,3})"
)
_MOST_PORTS = 10
"""How many ports one filter may list (REF 8.1.10)."""
_LAST_PORT = 65535
_LAST_PROTOCOL = 255


@dataclass(frozen=True, slots=True)
class Traffic:
    """A protocol and, for TCP and UDP, destination ports."""

    protocol: str
    """As in a filter: `tcp`, `udp`, `tcp,udp`, `icmp`, a number, `*`."""
    ports: tuple[tuple[int, int], ...] = ()
    """Inclusive ranges; empty for all."""

    def __str__(self) -> str:
        return f"{self.protocol}/{self.port_list}" if self.ports else self.protocol

    @property
    def port_list(self) -> str:
        """The ports as a filter writes them: `80,443`, `5004-5035`, `*`."""
        return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in self.ports) or "*"


def _traffic(value: Any) -> Any:
    if isinstance(value, Traffic):
        return value
    match = _FORM.fullmatch(WORDS.get(str(value), str(value)))
    if not match:
        raise PydanticCustomError(
            "traffic",
            "must be a service ({words}) or such as tcp/8080, udp/5004-5035, esp",
            {"words": ", ".join(WORDS)},
        )
    if match["bare"]:
        if match["bare"].isdecimal() and int(match["bare"]) > _LAST_PROTOCOL:
            raise PydanticCustomError("traffic", "protocols are 0..255")
        return Traffic(match["bare"])
    ports = tuple(_ports(part) for part in match["ports"].split(","))
    if len(ports) > _MOST_PORTS:
        raise PydanticCustomError("traffic", "a filter lists at most 10 ports")
    return Traffic(match["protocol"], ports)


def _ports(part: str) -> tuple[int, int]:
    first, _, last = part.partition("-")
    low, high = int(first), int(last or first)
    if not 1 <= low <= high <= _LAST_PORT:
        raise PydanticCustomError("traffic", "{part} is no port or range of ports", {"part": part})
    return low, high


def _keyword(value: Any) -> Any:
    if value not in ("any", "lan"):
        raise ValueError(value)
    return value


TrafficWords = Annotated[
    Traffic,
    BeforeValidator(_traffic),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(WORDS)},
                {"type": "string", "pattern": f"^({_FORM.pattern})$".replace("?P<", "?<")},
                {"type": "integer"},
            ]
        }
    ),
]
Peer = Annotated[
    Literal["any", "lan"] | IPv4Network | IPv6Network,
    PlainValidator(one_of("any, lan, an address or a network", _keyword, ip_network), str),
    PlainSerializer(str),
]
"""`any`, `lan` (the LAN of the inventory), an address or a network."""


class Rule(Part):
    """One permission or prohibition."""

    model_config = ConfigDict(populate_by_name=True)

    source: Annotated[Peer, Field(alias="from")] = "any"
    to: Peer = "any"
    service: TrafficWords = Traffic("*")
    log: bool = False
    """Let the router log every packet that matches."""

    @model_validator(mode="after")
    def _one_family(self) -> "Rule":
        families = {peer.version for peer in (self.source, self.to) if not isinstance(peer, str)}
        if len(families) > 1:
            raise fault("to", "one side is IPv4 and the other IPv6")
        return self

    @property
    def version(self) -> int | None:
        """4 or 6, or None where the rule is good for both."""
        if "lan" in (self.source, self.to):
            return 4
        for peer in (self.source, self.to):
            if not isinstance(peer, str):
                return peer.version
        return None


class Forward(Part):
    """A port of the line's IPv4 address that leads to a host of the LAN."""

    model_config = ConfigDict(populate_by_name=True)

    port: Port | None = None
    """The outer port, on a shared address one of the line's own; left out: the service's."""
    to: IPv4Address
    service: TrafficWords
    """Protocol and port on the host: `https`, `tcp/8443`, `udp/5004-5035`."""
    source: Annotated[Peer, Field(alias="from")] = "any"

    @model_validator(mode="after")
    def _one_port(self) -> "Forward":
        if self.service.protocol not in ("tcp", "udp") or len(self.service.ports) != 1:
            raise fault("service", "must be one TCP or UDP port or range, such as tcp/443")
        low, high = self.service.ports[0]
        if self.port is not None and low != high:
            raise fault("port", "a range of ports cannot be moved; leave port out")
        return self

    @property
    def outer(self) -> tuple[int, int]:
        """The outer ports, first and last."""
        return (self.port, self.port) if self.port is not None else self.service.ports[0]


class Filters(Part):
    """What crosses the line beyond the default: nothing from outside, everything from inside."""

    policy: Literal["standard", "none"] = "standard"
    """`none` writes no filter at all, for a router whose filters are lines of `extra`."""
    allow: tuple[Rule, ...] = ()
    """From outside to inside."""
    block: tuple[Rule, ...] = ()
    """From inside to outside."""
    forward: dict[Name, Forward] = Field(default_factory=dict)
    """Ports of the line's IPv4 address, by a name of your own."""

    @model_validator(mode="after")
    def _need_a_policy(self) -> "Filters":
        if self.policy == "none" and (self.allow or self.block):
            raise fault("policy", "allow and block need the standard policy")
        return self
