"""What the wanted configuration promises about the line, read from its meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.config import Key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yamaha_ops.config import Configuration, Setting
    from yamaha_ops.mape import Mapping

LINE_TUNNELS = ("map-e", "hb46pp", "ipip")
"""Encapsulations that carry a line; an IPsec tunnel may well be down because its far end is."""

_DELEGATED = ("ra-prefix@", "dhcp-prefix@")


@dataclass(frozen=True, slots=True)
class Probe:
    """A check of the user's own.

    Attributes:
        name: What it is called in the report.
        command: What the router is asked, ``ping -c 3 192.0.2.1`` or a ``show`` command.
        pattern: A regular expression that its answer must contain.
    """

    name: str
    command: str
    pattern: str


def ping(address: str, source: str | None = None) -> Probe:
    """Return the probe that an address answers at least one of three pings (REF 56.7.9)."""
    family = "ping6" if ":" in address else "ping"
    origin = f" -sa {source}" if source else ""
    return Probe(
        f"ping {address}",
        f"{family} -c 3{origin} {address}",
        r"[1-9]\d*(?:個のパケットを受信|\s+packets?\s+received)",
    )


@dataclass(frozen=True, slots=True)
class MapeLine:
    """A MAP-E line.

    Attributes:
        tunnel: Number of the tunnel interface.
        descriptor: Number of the NAT descriptor on it.
        mapping: What the inventory expects the line to get, or None for whatever arrives.
    """

    tunnel: int
    descriptor: int
    mapping: Mapping | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must hold on a router whose line works.

    Attributes:
        tunnels: Tunnels that must be up.
        peers: PP interfaces that must be connected.
        gateways: Interfaces one of which the default route must use, as ``show ip route`` prints
            them.
        delegated: Whether an IPv6 prefix must have arrived.
        mape: The MAP-E line, whose address and ports must be what the mathematics gives.
        probes: The user's own checks.
    """

    tunnels: tuple[int, ...] = ()
    peers: tuple[int, ...] = ()
    gateways: tuple[str, ...] = ()
    delegated: bool = False
    mape: MapeLine | None = None
    probes: tuple[Probe, ...] = ()


def expect(
    wanted: Configuration, mapping: Mapping | None = None, probes: Iterable[Probe] = ()
) -> Expectation:
    """Return what a router that runs ``wanted`` must show.

    Args:
        wanted: The configuration.
        mapping: What the inventory expects a MAP-E line to get, if it says.
        probes: The user's own checks.
    """
    settings = wanted.settings
    tunnels = dict(_line_tunnels(wanted))
    return Expectation(
        tunnels=tuple(tunnels),
        peers=tuple(_peers(wanted)),
        gateways=tuple(_gateways(settings.get(Key("", "ip route default")))),
        delegated=any(
            key.words.startswith("ipv6 prefix ") and setting.line.split()[3].startswith(_DELEGATED)
            for key, setting in settings.items()
        ),
        mape=next((_mape(wanted, number, mapping) for number in tunnels if tunnels[number]), None),
        probes=tuple(probes),
    )


def _line_tunnels(wanted: Configuration) -> Iterator[tuple[int, bool]]:
    """Yield the tunnels that carry a line, and whether they are MAP-E with a NAT descriptor."""
    for key, setting in wanted.settings.items():
        kind = setting.line.split()[-1]
        if key.words == "tunnel encapsulation" and kind in LINE_TUNNELS:
            number = int(key.context.removeprefix("tunnel"))
            if Key("", f"tunnel enable {number}") in wanted.settings:
                nat = Key(key.context, "ip tunnel nat descriptor") in wanted.settings
                yield number, kind == "map-e" and nat


def _mape(wanted: Configuration, number: int, mapping: Mapping | None) -> MapeLine:
    nat = wanted.settings[Key(f"tunnel{number}", "ip tunnel nat descriptor")]
    return MapeLine(number, int(nat.values[0]), mapping)


def _peers(wanted: Configuration) -> Iterator[int]:
    for key, setting in wanted.settings.items():
        if key.words == "pp always-on" and "on" in setting.values and key.context != "ppanonymous":
            number = int(key.context.removeprefix("pp"))
            if Key("", f"pp enable {number}") in wanted.settings:
                yield number


def _gateways(route: Setting | None) -> Iterator[str]:
    if route:
        for kind, number in re.findall(r"gateway (tunnel|pp) (\d+)", route.line):
            yield f"TUNNEL[{number}]" if kind == "tunnel" else f"PP[{int(number):02}]"
