"""Port forwards on an address that is shared with other lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config.check.finding import Circumstances, Finding, Ports
from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.filters.ports import parse_ports
from yamaha_ops.config.setting import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration

_FORWARD = "nat descriptor masquerade static {nat_descriptor} {id}"
_WITH_PORTS = {"tcp", "udp", "6", "17"}
_LOWEST = 1024
"""No MAP-E rule with a PSID offset of 1 to 6 gives ports below this to anybody (RFC 7597 5.1)."""


def check_forwards(configuration: Configuration, where: Circumstances) -> Iterator[Finding]:
    """Find static masquerade entries whose outer port is not one of the line's own."""
    for key, setting in configuration.settings.items():
        if setting.entry.template != _FORWARD:
            continue
        outer = configuration.settings.get(
            Key("", f"nat descriptor address outer {setting.words[-2]}")
        )
        if outer is None or outer.values[:1] != ["map-e"]:
            continue
        _, protocol, *ports = setting.values
        try:
            problem = _problem(protocol, ports, where.ports)
        except ParameterError as error:
            problem = error.message, "see REF 23.8"
        if problem:
            yield Finding("forward-port", configuration.places[key], setting.line, *problem)


def _problem(protocol: str, ports: list[str], own: Ports | None) -> tuple[str, str] | None:
    """Return reason and remedy when a shared address cannot be forwarded like that."""
    if protocol not in _WITH_PORTS or not ports:
        reason = f"{protocol} has no ports, and only ports tell the lines of a shared address apart"
        return reason, "use a line with an address of its own"
    for first, last in parse_ports(ports[0].partition("=")[0]):
        for port in range(first, last + 1):
            if own is None:
                if port < _LOWEST:
                    return f"port {port} belongs to no line of a MAP-E network", (
                        "forward one of the line's own ports: 'OUTER=INNER'"
                    )
            elif port not in own:
                nearest = own.nearest(port)
                inner = ports[0].rpartition("=")[2]
                return f"port {port} is not one of this line's", (
                    f"the nearest is {nearest}: '{nearest}={inner}'"
                )
    return None
