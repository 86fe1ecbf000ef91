"""Where a router's interfaces lead: its networks, its routes, its ways to the Internet."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv6Address, IPv6Interface
from typing import TYPE_CHECKING, NamedTuple

from yamaha_ops.config.family import WORDS
from yamaha_ops.config.setting import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration
    from yamaha_ops.config.setting import Setting

Address = IPv4Address | IPv6Address
Interface = IPv4Interface | IPv6Interface
_OWN = re.compile(r"(?:ip|ipv6) (\S+) (?:secondary )?address(?: |$)")
_FROM_UPLINK = re.compile(r"(?:ra|dhcp)-prefix@([a-z0-9/.]+)::")


class Attached(NamedTuple):
    """A network the router is part of: on which interface, with which own address."""

    interface: str
    own: Interface


def attached(configuration: Configuration) -> Iterator[Attached]:
    """Yield the networks whose addresses the configuration states."""
    for key, setting in configuration.settings.items():
        if found := _OWN.match(setting.line):
            for word in setting.line.split()[2:]:
                if "/" in word and (own := interface_address(word)):
                    yield Attached(key.context or found[1], own)


def interface_address(word: str) -> Interface | None:
    """Return ``word`` as an address with its network, or None when it is none."""
    try:
        return IPv6Interface(word) if ":" in word else IPv4Interface(word)
    except ValueError:
        return None


def way_to(configuration: Configuration, host: Address) -> Attached | str | None:
    """Return how ``host`` is reached: through a network of ours, or the interface of a route.

    None when the configuration does not say (a dynamic address, no route).
    """
    direct = [each for each in attached(configuration) if host in each.own.network]
    if direct:
        return max(direct, key=lambda each: each.own.network.prefixlen)
    best: tuple[int, Setting] | None = None
    for setting in configuration.settings.values():
        if setting.entry.template != f"{WORDS[host.version]} route {{network}}":
            continue
        length = _route_length(setting.words[-1], host)
        if length is not None and (best is None or length > best[0]):
            best = (length, setting)
    return next(iter(_gateways(configuration, best[1])), None) if best else None


def _route_length(network: str, host: Address) -> int | None:
    """Return the prefix length of a route when ``host`` is behind it."""
    if network == "default":
        return 0
    own = interface_address(network)
    return own.network.prefixlen if own and host in own.network else None


def _gateways(configuration: Configuration, route: Setting) -> Iterator[str]:
    """Yield the interfaces a route may use, in the order of the line."""
    values = route.values
    for at, word in enumerate(values):
        if word != "gateway" or at + 1 >= len(values):
            continue
        target = values[at + 1]
        following = values[at + 2] if at + 2 < len(values) else ""
        if target in {"pp", "tunnel"}:
            yield target + following
        elif target in {"dhcp", "ra"}:
            yield following
        else:
            address, _, scope = target.partition("%")
            if scope:
                yield scope
            elif known := _interface_of(configuration, address):
                yield known


def _interface_of(configuration: Configuration, text: str) -> str | None:
    try:
        host: Address = IPv6Address(text) if ":" in text else IPv4Address(text)
    except AddressValueError:
        return text if text.startswith(("lan", "null", "loopback")) else None
    found = [each for each in attached(configuration) if host in each.own.network]
    return found[0].interface if found else None


def ipv4_uplinks(configuration: Configuration) -> set[str]:
    """Return the interfaces that IPv4's default route uses."""
    route = configuration.settings.get(Key("", "ip route default"))
    return set(_gateways(configuration, route)) if route else set()


def ipv6_uplinks(configuration: Configuration) -> set[str]:
    """Return the interfaces that IPv6 arrives on: by RA, by DHCPv6 or by a default route."""
    found: set[str] = set()
    for setting in configuration.settings.values():
        found.update(_FROM_UPLINK.findall(setting.line))
        if setting.entry.template == "ngn type {interface}" and setting.values[:1] != ["off"]:
            found.add(setting.words[-1])
        if setting.entry.template.endswith("dhcp service") and setting.values[:1] == ["client"]:
            found.add(setting.key.context or setting.words[1])
    if route := configuration.settings.get(Key("", "ipv6 route default")):
        found.update(_gateways(configuration, route))
    return found
