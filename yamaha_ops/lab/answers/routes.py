"""``show ip route`` and ``show ipv6 route``, with their summaries (REF 58.4, 58.6)."""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from yamaha_ops.lab.answers.addresses import own_address
from yamaha_ops.lab.console.screen import pad
from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("`show ip route`: English header and rows", "RTX1200/show_ip_route"),
    recorded("`show ip route`: Japanese header and rows", "unknown/show_ip_route"),
    recorded("`show ip route summary`, English", "RTX1300/show_ip_route_summary"),
    recorded(
        "`show ipv6 route`, with a break after a long gateway, English", "RTX1300/show_ipv6_route"
    ),
    recorded("`show ipv6 route summary`, English", "RTX1300/show_ipv6_route_summary"),
    assumed("The Japanese headers of summaries and IPv6 routes", "never seen"),
    assumed("Routes of a tunnel that is down stay in the table", "never seen"),
)


class Route(NamedTuple):
    """One row of either table."""

    destination: str
    gateway: str
    interface: str
    kind: str
    info: str = ""


def ipv4_routes(router: EmulatedRouter) -> Iterator[Route]:
    """Yield the IPv4 routes: the default first, then by destination."""
    rows: list[Route] = []
    for words in router.view.all("ip", "route"):
        rows.extend(_static(words))
    for interface in ("lan1", "lan2"):
        for words in router.view.all("ip", interface, "address"):
            try:
                address = ipaddress.IPv4Interface(words[0])
            except ValueError:  # dhcp
                continue
            network = str(address.network)
            rows.append(Route(network, str(address.ip), interface.upper(), "implicit"))
    yield from sorted(rows, key=lambda row: (row.destination != "default", _order(row)))


def _order(row: Route) -> int:
    if row.destination == "default":
        return 0
    return int(ipaddress.ip_network(row.destination, strict=False).network_address)


def _static(words: Words) -> Iterator[Route]:
    destination, *rest = words
    if destination != "default":
        destination = str(ipaddress.ip_network(destination, strict=False))
    while "gateway" in rest:
        rest = rest[rest.index("gateway") + 1 :]
        end = rest.index("gateway") if "gateway" in rest else len(rest)
        yield _by(destination, rest[:end])


def _by(destination: str, gateway: list[str]) -> Route:
    match gateway:
        case ["tunnel", number, *options]:
            target, interface = "-", f"TUNNEL[{number}]"
        case ["pp", number, *options]:
            target, interface = "-", f"PP[{int(number):02}]" if number.isdigit() else "PP[an]"
        case ["dhcp", lan, *options]:
            target, interface = "-", f"{lan.upper()}(DHCP)"
        case [address, *options]:
            target, interface = address, "LAN1"
        case _:
            target, interface, options = "-", "-", []
    info = []
    for index, word in enumerate(options):
        if word == "filter":
            info.append(f"filter:{options[index + 1]}")
        elif word == "metric":
            info.append(f"metric={options[index + 1]}")
        elif word == "weight":
            info.append(f"w({options[index + 1]})")
        elif word == "keepalive":
            info.append(f"k({options[index + 1]})")
    return Route(destination, target, interface, "static", " ".join(info))


def ipv6_routes(router: EmulatedRouter) -> Iterator[Route]:
    """Yield the IPv6 routes."""
    prefix = router.line.prefix
    if prefix is not None:
        yield Route("default", router.world.offer.gateway, "LAN2", "temporary")
    own = own_address(router)
    if own is not None:
        yield Route(str(own.network), "-", "LAN1", "implicit")
    for words in router.view.all("ipv6", "route"):
        yield from _static6(words)


def _static6(words: Words) -> Iterator[Route]:
    destination, *rest = words
    if "gateway" in rest:
        route = _by(destination, rest[rest.index("gateway") + 1 :])
        yield route._replace(interface="LAN2") if route.interface == "LAN1" else route


@operation("show ip route", administrator=False)
def show_ip_route(caller: Caller, words: Words) -> Iterator[str]:
    """Print the table, or ``summary``; ``detail`` is the table here."""
    routes = list(ipv4_routes(caller.router))
    if words == ("summary",):
        names = ("Static", "Implicit", "Temporary", "Redirect", "RIP", "OSPF", "BGP")
        yield caller.say("Protocol   Active    Hidden", "プロトコル   有効      隠れ")
        yield from _summary(routes, names, 16)
        return
    if words not in {(), ("detail",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    yield caller.say(
        "Destination         Gateway          Interface       Kind  Additional Info.",
        "宛先ネットワーク    ゲートウェイ     インタフェース  種別  付加情報",
    )
    for row in routes:
        left = f"{row.destination:<19} {row.gateway:<16} {row.interface:>10}"
        yield f"{left} {row.kind:>9}  {row.info}"


@operation("show ipv6 route", administrator=False)
def show_ipv6_route(caller: Caller, words: Words) -> Iterator[str]:
    """Print the table, or ``summary``; ``detail`` is the table here."""
    routes = list(ipv6_routes(caller.router))
    if words == ("summary",):
        names = ("static", "Implicit", "Temporary", "ICMP redirect", "RA", "RIPng", "OSPFv3")
        yield caller.say("Protocol    Active   Hidden", "プロトコル   有効     隠れ")
        yield from _summary(routes, names, 17)
        return
    if words not in {(), ("detail",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    yield caller.say(
        "Destination              Gateway                  Interface  Type",
        "宛先ネットワーク         ゲートウェイ             インタフェース  種別",
    )
    for row in routes:
        if len(row.gateway) > 24:  # noqa: PLR2004 -- the column's width
            yield f"{row.destination:<24} {row.gateway} "
            yield f"{'':<50}{row.interface:<10} {row.kind}"
        else:
            yield f"{row.destination:<24} {row.gateway:<24} {row.interface:<10} {row.kind}"


def _summary(routes: list[Route], names: tuple[str, ...], width: int) -> Iterator[str]:
    """Rows of a summary; ``width`` is the cell where the numbers of active routes end."""
    counts = Counter(row.kind.lower() for row in routes)
    rule = "-" * 29
    yield rule
    for name in names:
        yield f"{pad(name, width - 4)}{counts[name.lower()]:>5}{0:>10}".replace("\t", " ")
    yield rule
    yield f"{pad('Total', width - 4)}{len(routes):>5}{0:>10}"
