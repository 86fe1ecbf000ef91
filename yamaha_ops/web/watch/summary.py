"""One round in a few words and numbers: what the fleet page shows of a router."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import ConnectTimeoutError, UnreachableError
from yamaha_ops.status.environment import Environment
from yamaha_ops.status.lan import Lan
from yamaha_ops.status.nat import NatAddress, NatSessions
from yamaha_ops.status.pp import PP
from yamaha_ops.status.route import Routes
from yamaha_ops.status.tunnel import Tunnel

if TYPE_CHECKING:
    from yamaha_ops.errors import YamahaOpsError
    from yamaha_ops.exporter import Scrape
    from yamaha_ops.health import Health, MapeLine

_NUMBERED: Final = re.compile(r"(TUNNEL|PP|LAN|WAN|ONU)\[?0*(\d+)", re.ASCII)


class Reach(StrEnum):
    """Whether the console can talk to a router (YNO's words)."""

    ONLINE = "online"
    OFFLINE = "offline"
    COMMUNICATING = "communicating"
    """It is being asked now, for the first time or because somebody wants to know."""
    ERROR = "error"
    """Something answers, but not as this router should: a wrong password, another host key."""
    UNKNOWN = "unknown"
    """It was not asked for too long, or never."""


class Line(StrEnum):
    """How the Internet line is, by the router's own word."""

    UP = "up"
    DOWN = "down"
    """No way out, or one that the router does not call connected."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a router said, as far as one row shows it; fields as in ``RouterState``."""

    model: str | None = None
    firmware: str | None = None
    serial: str | None = None
    line: Line = Line.UNKNOWN
    line_interface: str | None = None
    tunnel: str | None = None
    prefix: str | None = None
    address: str | None = None
    consistent: bool | None = None
    ports: int | None = None
    sessions: int | None = None
    sessions_limit: int | None = None
    cpu: float | None = None
    memory: float | None = None
    temperature: float | None = None
    uptime: float | None = None
    unsaved: bool | None = None
    drift: int | None = None
    configuration_read: float | None = None


def reach_of(scrape: Scrape, error: type[YamahaOpsError] | None) -> Reach:
    """Return what an attempt says about the way to a router.

    Args:
        scrape: The attempt.
        error: What kept a session from being opened, if anything did.
    """
    if scrape.health is not None:
        return Reach.ONLINE
    silent = error is not None and issubclass(error, (UnreachableError, ConnectTimeoutError))
    return Reach.OFFLINE if silent else Reach.ERROR


def summarise(health: Health) -> Summary:
    """Return a round as one row."""
    environment = next(health.records(Environment), Environment())
    mape = _fullest(health)
    interface = _way_out(health)
    line, tunnel = _line(health, interface)
    sessions, limit = _sessions(health, mape.descriptor if mape else None)
    state = health.configuration
    return Summary(
        model=environment.model or health.model,
        firmware=environment.firmware or health.firmware,
        serial=environment.serial,
        line=line,
        line_interface=interface,
        tunnel=tunnel,
        prefix=mape.prefix if mape else None,
        address=_address(health, interface),
        consistent=mape.consistent if mape else None,
        ports=mape.ports_assigned if mape else None,
        sessions=sessions,
        sessions_limit=limit,
        cpu=environment.cpu_1m_ratio,
        memory=environment.memory_used_ratio,
        temperature=environment.temperature_celsius,
        uptime=environment.uptime_seconds,
        unsaved=state.unsaved if state else None,
        drift=state.drift if state else None,
        configuration_read=state.time if state else None,
    )


def traffic_counters(health: Health) -> dict[str, tuple[int, int]]:
    """Return received and sent bytes of every interface, by the name that routes print."""
    found: dict[str, tuple[int | None, int | None]] = {}
    for lan in health.records(Lan):
        if lan.interface:
            found[lan.interface] = (lan.receive_bytes, lan.transmit_bytes)
    for pp in health.records(PP):
        if pp.pp is not None:
            found[f"PP[{pp.pp:02}]"] = (pp.receive_bytes, pp.transmit_bytes)
    for tunnel in health.records(Tunnel):
        if tunnel.tunnel is not None:
            both = (
                [each.bytes for each in (way.ipv4, way.ipv6) if each] if way else []
                for way in (tunnel.receive, tunnel.transmit)
            )
            received, sent = (sum(each) if each else None for each in both)
            found[f"TUNNEL[{tunnel.tunnel}]"] = (received, sent)
    return {
        name: (received, sent)
        for name, (received, sent) in found.items()
        if received is not None and sent is not None
    }


def _fullest(health: Health) -> MapeLine | None:
    """Choose among several MAP-E lines the one that is nearest to its end."""
    return max(health.lines, key=lambda line: line.saturation or 0.0, default=None)


def _way_out(health: Health) -> str | None:
    """Return the interface of the first IPv4 default route."""
    for answer in health.answers:
        if answer.command == "show ip route" and isinstance(answer.record, Routes):
            for route in answer.record.routes:
                if route.destination == "default":
                    return route.interface
    return None


def _line(health: Health, interface: str | None) -> tuple[Line, str | None]:
    """Return the state of the line, and of the tunnel where it is one."""
    if interface is None:
        asked = any(
            answer.command == "show ip route" and answer.outcome == "ok"
            for answer in health.answers
        )
        tunnel = next(health.records(Tunnel), None)
        return (Line.DOWN if asked else Line.UNKNOWN), tunnel.state if tunnel else None
    found = _NUMBERED.match(interface)
    kind, number = (found[1], int(found[2])) if found else ("", 0)
    if kind == "TUNNEL":
        state = next((each.state for each in health.records(Tunnel) if each.tunnel == number), None)
        return _judged(state, "up"), state
    if kind == "PP":
        state = next((each.state for each in health.records(PP) if each.pp == number), None)
        return _judged(state, "connected"), None
    for lan in health.records(Lan):
        if (lan.interface or "").rstrip(":") == f"{kind}{number}" and lan.link_up is not None:
            return (Line.UP if lan.link_up else Line.DOWN), None
    return Line.UNKNOWN, None


def _judged(state: str | None, good: str) -> Line:
    # As the alerting rule has it: what the router does not call connected is not.
    if state is None:
        return Line.UNKNOWN
    return Line.UP if state == good else Line.DOWN


def _sessions(health: Health, descriptor: int | None) -> tuple[int | None, int | None]:
    summaries = [each for record in health.records(NatSessions) for each in record.summaries]
    chosen = [each for each in summaries if each.descriptor in {descriptor, None}] or summaries
    if chosen:
        fullest = max(chosen, key=lambda each: each.sessions or 0)
        return fullest.sessions, fullest.limit
    counts = [
        each.sessions
        for record in health.records(NatAddress)
        for each in record.descriptors
        if each.sessions is not None
    ]
    return max(counts, default=None), None


def _address(health: Health, interface: str | None) -> str | None:
    """Return the outer address of the NAT descriptor on the line, else of the first one."""
    descriptors = [each for record in health.records(NatAddress) for each in record.descriptors]
    on_line = [each for each in descriptors if each.interface == interface]
    for each in (*on_line, *descriptors):
        if each.outer_address:
            return each.outer_address
    return None
