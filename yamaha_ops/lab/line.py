"""What the Internet line does, judged from the configuration and the provider's offer.

One pure function: nothing here keeps time or state. :class:`yamaha_ops.lab.router.EmulatedRouter`
remembers since when a verdict has held.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from yamaha_ops.config import ParameterError
from yamaha_ops.config.filters import PROTOCOLS, Packet, evaluate
from yamaha_ops.errors import MapeError
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.mape import calculate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yamaha_ops.config import Configuration
    from yamaha_ops.lab.hardware import Hardware
    from yamaha_ops.lab.settings import Running
    from yamaha_ops.lab.view import View, Words
    from yamaha_ops.lab.world import World
    from yamaha_ops.mape import Mapping as Share

FIDELITY: Final = (
    recorded(
        "A v6 Plus line comes up with `ra-prefix@lan2`, a DHCPv6 client with `ir=on` on LAN2, a "
        "`map-e` tunnel and a descriptor with outer `map-e`",
        "RTX830/show_config",
    ),
    documented("`tunnel map-e type` is v6plus unless set; ocn, ipv6option", "REF 14.14"),
    documented("`map-e` as tunnel encapsulation from 15.02.03, its type from 15.02.10", "REF 14.4"),
    assumed(
        "A prefix asked by DHCPv6 where router advertisements offer it never arrives, and the "
        "other way round",
        "how NGN lines work; no recording of the router's side",
    ),
    assumed(
        "An IPv6 filter on LAN2 that drops icmp6 keeps the advertisement out, one that drops UDP "
        "546 the DHCPv6 answer",
        "follows from REF 30.7; not recorded",
    ),
    assumed(
        "A filter that drops protocol 4, a missing default route or a missing NAT descriptor "
        "leaves the tunnel up with nothing received",
        "an RTX1300 showed an IPIP tunnel online with 0 packets received and a wrong relay",
    ),
    assumed(
        "An IPIP tunnel to a name is up like one to an address: every name resolves",
        "the lab has no name service",
    ),
    assumed("A wrong `tunnel map-e type` keeps the tunnel down", "no rule of that kind fits"),
    assumed("IPv4 over PPPoE and IPsec peers answer only when the lab is told so", "choice"),
)

PROVIDERS: Final = {"v6plus": "v6plus", "ocn": "ocn", "ipv6option": "biglobe"}
"""``tunnel map-e type`` to the provider names of the rule table."""

ALL_NODES: Final = ipaddress.IPv6Address("ff02::1")
LINK_LOCAL: Final = ipaddress.IPv6Address("fe80::1")
"""Stands for LAN2's own address where filters are asked about packets to it."""

KINDS: Final = {
    "map-e": "MAP-E",
    "ipip": "IPIP",
    "ipsec": "IPsec",
    "l2tp": "L2TP",
    "l2tpv3": "L2TPv3",
    "l2tpv3-raw": "L2TPv3-raw",
    "pptp": "PPTP",
}
"""``tunnel encapsulation`` words to what ``show status tunnel`` calls them."""


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One tunnel: what it is, whether it is up, and whether anything comes back through it."""

    number: int
    kind: str
    up: bool
    answered: bool
    remote: str | None = None


class PpState(Enum):
    """What ``show status pp`` says of a PP."""

    CONNECTED = "connected"
    CONNECTING = "connecting"
    NEVER_CONNECTED = "never_connected"
    DISABLED = "disabled"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class LineState:
    """The verdict on a configuration.

    Attributes:
        prefix: What the router got from the provider, as a network of the offered length.
        by: ``ra`` or ``dhcp``, the way it came; meaningless without a prefix.
        mapping: The MAP-E mapping in force.
        carriers: What takes packets from the LAN to the IPv4 Internet and brings the answers back,
            once it is up: ``tunnel1``, ``pp1``.
        problems: Why it is not online, for people who use the lab.
    """

    prefix: ipaddress.IPv6Network | None
    mapping: Share | None
    tunnels: tuple[Tunnel, ...]
    pps: Mapping[int, PpState]
    carriers: tuple[str, ...]
    problems: tuple[str, ...]

    def tunnel(self, number: int) -> Tunnel | None:
        """Return a tunnel by number."""
        return next((tunnel for tunnel in self.tunnels if tunnel.number == number), None)


def judge(running: Running, world: World, hardware: Hardware) -> LineState:
    """Work out what the line does under a configuration."""
    view, configuration = running.view, running.configuration
    problems: list[str] = []
    prefix = _prefix(running, world, problems)
    mapping: Share | None = None
    tunnels = []
    for number in view.numbers("tunnel"):
        here = f"tunnel{number}"
        encapsulation = view.value("tunnel", "encapsulation", default="ipsec", context=here)
        enabled = view.first("tunnel", "enable", str(number), context=here) is not None
        endpoint = view.first("tunnel", "endpoint", "address", context=here)
        kind = KINDS.get(encapsulation, encapsulation)
        if encapsulation == "map-e":
            own = _mapping(view, here, prefix, hardware, problems) if enabled else None
            mapping = mapping or own
            up = own is not None
            answered = own is not None and _answered(running, number, own, problems)
            remote = own.br if own else None
        elif encapsulation == "ipip":
            named = view.first("tunnel", "endpoint", "name", context=here)
            up = enabled and prefix is not None and (endpoint or named) is not None
            remote = endpoint[-1] if endpoint else None
            answered = up and _ipip_answered(configuration, endpoint)
        else:
            up = answered = enabled and number in world.peers
            remote = None
        if not enabled:
            problems.append(f"tunnel {number} is not enabled")
        tunnels.append(Tunnel(number, kind, up, answered, remote))
    if not any(tunnel.kind == "MAP-E" for tunnel in tunnels):
        problems.append("no tunnel has the encapsulation map-e")
    pps = {number: _pp(view, world, number) for number in view.numbers("pp")}
    carriers = [
        f"tunnel{tunnel.number}"
        for tunnel in tunnels
        if tunnel.answered and _routed(view, "tunnel", tunnel.number)
    ] + [
        f"pp{number}"
        for number, state in pps.items()
        if state is PpState.CONNECTED and _routed(view, "pp", number)
    ]
    return LineState(
        prefix,
        mapping,
        tuple(tunnels),
        pps,
        tuple(carriers),
        () if carriers else tuple(problems),
    )


def _pp(view: View, world: World, number: int) -> PpState:
    here = f"pp{number}"
    if view.first("pppoe", "use", context=here) is None:
        return PpState.NOT_CONFIGURED
    if view.first("pp", "enable", str(number), context=here) is None:
        return PpState.DISABLED
    if view.value("pp", "always-on", default="off", context=here) != "on":
        return PpState.NEVER_CONNECTED
    named = view.first("pp", "auth", "myname", context=here) is not None
    return PpState.CONNECTED if world.pppoe and named else PpState.CONNECTING


def _prefix(running: Running, world: World, problems: list[str]) -> ipaddress.IPv6Network | None:
    """Return the prefix that arrives on LAN2 in the way the configuration asks for it."""
    view, configuration, offer = running.view, running.configuration, world.offer
    if offer.prefix is None:
        problems.append("the provider offers no prefix")
        return None
    word = "ra-prefix@lan2" if offer.by == "ra" else "dhcp-prefix@lan2"
    if not any(words[0].startswith(word) for words in _prefixed(view)):
        problems.append(f"the line offers its prefix by {offer.by}, so {word} must be used")
        return None
    client = view.first("ipv6", "lan2", "dhcp", "service")
    wanted = ("client", "ir=on") if offer.by == "ra" else ("client",)
    if client != wanted:
        problems.append("ipv6 lan2 dhcp service must be " + " ".join(wanted))
        return None
    gateway = ipaddress.IPv6Address(offer.gateway)
    advertised = Packet(gateway, ALL_NODES, PROTOCOLS["icmp6"], icmp_type=134)
    answered = Packet(gateway, LINK_LOCAL, PROTOCOLS["udp"], source_port=547, destination_port=546)
    if not _passes(configuration, advertised) or not _passes(configuration, answered):
        problems.append("the IPv6 filter on lan2 drops icmp6 or DHCPv6")
        return None
    return ipaddress.IPv6Network(offer.prefix)


def _prefixed(view: View) -> Iterator[Words]:
    for words in view.all("ipv6", "prefix"):
        yield words[1:]
    yield from view.all("ipv6", "lan1", "address")


def _mapping(
    view: View,
    here: str,
    prefix: ipaddress.IPv6Network | None,
    hardware: Hardware,
    problems: list[str],
) -> Share | None:
    if prefix is None or not hardware.since("15.02.03"):
        return None
    kind = view.value("tunnel", "map-e", "type", default="v6plus", context=here)
    try:
        mapping = calculate(str(prefix))
    except MapeError as error:
        problems.append(str(error))
        return None
    if mapping.rule.provider != PROVIDERS.get(kind):
        problems.append(f"{prefix} belongs to {mapping.rule.provider}, not to map-e type {kind}")
        return None
    return mapping


def _ipip_answered(configuration: Configuration, endpoint: Words | None) -> bool:
    """Tell whether an IPIP tunnel between two addresses gets its answers through the filter."""
    try:
        own, remote = (ipaddress.IPv6Address(word) for word in endpoint or ())
    except ValueError:  # one address, a name, or IPv4: nothing the lab's line carries
        return False
    return _passes(configuration, Packet(remote, own, PROTOCOLS["ipip"]))


def _answered(running: Running, number: int, mapping: Share, problems: list[str]) -> bool:
    """Tell whether packets come back: the filter, the descriptor and the route are right."""
    view, before = running.view, len(problems)
    if mapping.br is None:
        problems.append("the rule names no border relay")
        return False
    relay, own = ipaddress.IPv6Address(mapping.br), ipaddress.IPv6Address(mapping.ce)
    if not _passes(running.configuration, Packet(relay, own, PROTOCOLS["ipip"])):
        problems.append("the IPv6 filter on lan2 drops protocol 4 from the border relay")
    descriptor = view.first("ip", "tunnel", "nat", "descriptor", context=f"tunnel{number}")
    outer = descriptor and view.first("nat", "descriptor", "address", "outer", descriptor[0])
    masquerade = descriptor and view.first("nat", "descriptor", "type", descriptor[0])
    if not outer or outer[0] != "map-e" or not masquerade or "masquerade" not in masquerade[0]:
        problems.append(f"tunnel {number} has no masquerade descriptor with outer map-e")
    if not _routed(view, "tunnel", number):
        problems.append(f"the default route does not go through tunnel {number}")
    return len(problems) == before


def _routed(view: View, kind: str, number: int) -> bool:
    route = view.first("ip", "route", "default") or ()
    return any(
        route[index : index + 3] == ("gateway", kind, str(number)) for index in range(len(route))
    )


def _passes(configuration: Configuration, packet: Packet) -> bool:
    """Tell whether the inbound IPv6 filter on LAN2 lets an answer of the provider in."""
    try:
        return evaluate(configuration, "lan2", "in", packet, reply=True).passes
    except ParameterError:  # a filter nobody can read lets nothing through
        return False
