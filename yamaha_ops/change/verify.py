"""Does the line work? The router's own words against the MAP-E mathematics.

Everything here is asked on a *new* connection: that it can be had is the first thing a change must
not break. A line takes a while to come up, so the checks are repeated until all hold or time is up.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

from yamaha_ops import mape
from yamaha_ops.errors import CommandError, MapeError, ParseError
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.change.clock import Clock
    from yamaha_ops.router import Session

INTERVAL_SECONDS = 2.0
"""Pause between two rounds: a router should not be busy with being asked."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold.

    Attributes:
        name: What was looked at.
        passed: Whether it holds.
        observed: What the router said, in one line.
        expected: What it should have said; empty where the name says it.
    """

    name: str
    passed: bool
    observed: str
    expected: str = ""

    def __str__(self) -> str:
        if self.passed or not self.expected:
            return f"{self.name}: {self.observed}"
        return f"{self.name}: {self.observed}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class MapeLine:
    """What the wanted configuration says about a MAP-E line.

    Attributes:
        tunnel: Number of the tunnel interface.
        descriptor: Number of the NAT descriptor on it.
        prefix: The end-user prefix the inventory expects, or None for whatever arrives.
    """

    tunnel: int
    descriptor: int
    prefix: str | None = None


def check_line(session: Session, line: MapeLine) -> tuple[Check, ...]:
    """Look once at everything a working MAP-E line shows."""
    return tuple(_checks(session, line))


def verify(
    session: Session,
    line: MapeLine,
    *,
    clock: Clock,
    seconds: float,
    keep_alive: Callable[[], None],
) -> tuple[Check, ...]:
    """Repeat the checks until all hold or the time is up; return the last round.

    Args:
        session: A connection made after the change.
        line: What to expect.
        clock: For waiting.
        seconds: How long the line may take to come up.
        keep_alive: Called once a round, so that the console that armed the guard is not logged out.
    """
    until = clock.now() + seconds
    while True:
        checks = check_line(session, line)
        keep_alive()
        if all(check.passed for check in checks) or clock.now() >= until:
            return checks
        clock.sleep(min(INTERVAL_SECONDS, max(0.0, until - clock.now())))


def _checks(session: Session, line: MapeLine) -> Iterator[Check]:
    yield _tunnel(session, line.tunnel)
    mapping, prefix = _prefix(session, line)
    yield prefix
    yield _default_route(session, line.tunnel)
    if mapping:
        yield from _ports(session, line.descriptor, mapping)


def _tunnel(session: Session, number: int) -> Check:
    name = f"tunnel {number}"
    record = _ask(session, f"show status tunnel {number}")
    if record is None:
        return Check(name, passed=False, observed="no state shown", expected="up, MAP-E")
    observed = f"{record.state}, {record.type or 'kind unknown'}"
    return Check(name, record.state == "up" and record.type == "MAP-E", observed, "up, MAP-E")


def _prefix(session: Session, line: MapeLine) -> tuple[mape.Mapping | None, Check]:
    """Find the address with a MAP-E rule, and compute from it what the line must have."""
    name = "IPv6 prefix"
    record = _ask(session, "show ipv6 address")
    found = [
        (address.address, mapping)
        for interface in (record.interfaces if record else ())
        for address in interface.addresses
        if address.scope == "global" and (mapping := _mapping(address.address))
    ]
    if not found:
        expected = line.prefix or "an address that a MAP-E rule covers"
        return None, Check(name, passed=False, observed="none", expected=expected)
    mapping = mape.calculate(line.prefix) if line.prefix else found[0][1]
    same = all(_share(other) == _share(mapping) for _, other in found)
    ce = any(_interface_id(address) == _interface_id(mapping.ce) for address, _ in found)
    observed = f"{found[0][1].end_user_prefix} ({mapping.rule.provider or 'own rule'})"
    if same and not ce:
        observed += " without the CE address"
    return mapping, Check(
        name, same and ce, observed, f"{mapping.end_user_prefix} with CE {mapping.ce}"
    )


def _ports(session: Session, number: int, mapping: mape.Mapping) -> Iterator[Check]:
    record = _ask(session, "show nat descriptor address")
    descriptor = next(
        (item for item in (record.descriptors if record else ()) if item.descriptor == number), None
    )
    outer = descriptor.outer_address if descriptor else None
    yield Check("IPv4 address", outer == mapping.ipv4, outer or "none", mapping.ipv4)
    ranges = tuple(sorted(descriptor.port_ranges)) if descriptor else ()
    expected = (
        f"{len(mapping.ports.ranges)} ranges, {mapping.ports.count} ports, PSID {mapping.psid}"
    )
    if ranges == mapping.ports.ranges:
        yield Check("ports", passed=True, observed=expected)
        return
    count = sum(high - low + 1 for low, high in ranges)
    observed = f"{len(ranges)} ranges, {count} ports" if ranges else "none"
    yield Check("ports", passed=False, observed=observed, expected=expected)


def _default_route(session: Session, tunnel: int) -> Check:
    wanted = f"TUNNEL[{tunnel}]"
    record = _ask(session, "show ip route")
    gateways = [
        route.interface
        for route in (record.routes if record else ())
        if route.destination == "default"
    ]
    return Check("default route", wanted in gateways, ", ".join(gateways) or "none", wanted)


def _ask(session: Session, command: str) -> Any | None:
    """Return the record of one command, or None where the router shows nothing yet."""
    try:
        return parse(command, session.run(command)).record
    except (CommandError, ParseError):
        return None


def _mapping(address: str) -> mape.Mapping | None:
    try:
        return mape.calculate(address)
    except MapeError:
        return None


def _interface_id(address: str) -> int:
    """Return the lower half: whether an RTX keeps bits 56 to 63 of the upper one is not known."""
    return int(IPv6Address(address)) & (1 << 64) - 1


def _share(mapping: mape.Mapping) -> tuple[str, int | None]:
    return mapping.ipv4, mapping.psid
