"""Does the line work? The router's own words against the MAP-E mathematics.

Everything here is asked on a *new* connection: that it can be had is the first thing a change must
not break. A line takes a while to come up, so the checks are repeated until all hold or time is up.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Any

from yamaha_ops import mape
from yamaha_ops.errors import CommandError, MapeError, ParseError
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.change.clock import Clock
    from yamaha_ops.change.expectation import Expectation, MapeLine
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

    def as_json(self) -> dict[str, Any]:
        """Return plain data for ``--json``."""
        return asdict(self)

    def __str__(self) -> str:
        if self.passed or not self.expected:
            return f"{self.name}: {self.observed}"
        return f"{self.name}: {self.observed}, expected {self.expected}"


def look(session: Session, expected: Expectation) -> tuple[Check, ...]:
    """Look once at everything that a working line shows."""
    return tuple(_checks(_Asked(session), expected))


def verify(
    session: Session,
    expected: Expectation,
    *,
    clock: Clock,
    seconds: float,
    every_round: Callable[[float, float], None],
) -> tuple[Check, ...]:
    """Repeat the checks until all hold or the time is up; return the last round.

    Args:
        session: A connection made after the change.
        expected: What must hold.
        clock: For waiting.
        seconds: How long the line may take to come up.
        every_round: Called after each round with the seconds that went by, and how many there are.
    """
    began = clock.now()
    while True:
        checks = look(session, expected)
        waited = clock.now() - began
        every_round(waited, seconds)
        if all(check.passed for check in checks) or waited >= seconds:
            return checks
        clock.sleep(min(INTERVAL_SECONDS, max(0.0, seconds - waited)))


class _Asked:
    """The records of one round: every command is run once, though several checks read it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records: dict[str, Any] = {}

    def text(self, command: str) -> str:
        """Return what the router says, or nothing where it refuses."""
        try:
            return self._session.run(command)
        except CommandError as error:
            return error.output or ""

    def record(self, command: str) -> Any:
        """Return the record of one command, or None where the router shows nothing yet."""
        if command not in self._records:
            try:
                self._records[command] = parse(command, self.text(command)).record
            except ParseError:
                self._records[command] = None
        return self._records[command]


def _checks(asked: _Asked, expected: Expectation) -> Iterator[Check]:
    for number in expected.tunnels:
        kind = "MAP-E" if expected.mape and expected.mape.tunnel == number else None
        yield _tunnel(asked, number, kind)
    for number in expected.peers:
        record = asked.record(f"show status pp {number}")
        state = record.state if record else "no state shown"
        yield Check(f"PP {number}", state == "connected", state, "connected")
    if expected.mape:
        mapping, prefix = _mape_prefix(asked, expected.mape)
        yield prefix
        if mapping:
            yield from _ports(asked, expected.mape.descriptor, mapping)
    elif expected.delegated:
        addresses = [address for address, _ in _global_addresses(asked)]
        yield Check("IPv6 prefix", bool(addresses), ", ".join(addresses) or "none", "an address")
    if expected.gateways:
        yield _default_route(asked, expected.gateways)
    for probe in expected.probes:
        text = asked.text(probe.command).strip()
        said = text.splitlines()[-1] if text else "nothing"
        yield Check(probe.name, bool(re.search(probe.pattern, text)), said, probe.pattern)


def _tunnel(asked: _Asked, number: int, kind: str | None) -> Check:
    name, wanted = f"tunnel {number}", f"up, {kind}" if kind else "up"
    record = asked.record(f"show status tunnel {number}")
    if record is None:
        return Check(name, passed=False, observed="no state shown", expected=wanted)
    observed = f"{record.state}, {record.type}" if record.type else record.state
    return Check(name, record.state == "up" and kind in (None, record.type), observed, wanted)


def _global_addresses(asked: _Asked) -> Iterator[tuple[str, mape.Mapping | None]]:
    record = asked.record("show ipv6 address")
    for interface in record.interfaces if record else ():
        for address in interface.addresses:
            if address.scope == "global":
                yield address.address, _mapping(address.address)


def _mape_prefix(asked: _Asked, line: MapeLine) -> tuple[mape.Mapping | None, Check]:
    """Find the address with a MAP-E rule, and compute from it what the line must have."""
    name = "IPv6 prefix"
    found = list(_global_addresses(asked))
    mapping = line.mapping or next((each for _, each in found if each), None)
    if mapping is None or not found:
        expected = mapping.end_user_prefix if mapping else "an address that a MAP-E rule covers"
        observed = ", ".join(address for address, _ in found) or "none"
        return None, Check(name, passed=False, observed=observed, expected=expected)
    inside = [address for address, _ in found if _upper(address) == _upper_of(mapping)]
    ce = any(_interface_id(address) == _interface_id(mapping.ce) for address in inside)
    observed = f"{mapping.end_user_prefix} ({mapping.rule.provider or 'own rule'})"
    if not inside:
        observed = ", ".join(address for address, _ in found)
    elif not ce:
        observed += " without the CE address"
    return mapping, Check(name, ce, observed, f"{mapping.end_user_prefix} with CE {mapping.ce}")


def _ports(asked: _Asked, number: int, mapping: mape.Mapping) -> Iterator[Check]:
    record = asked.record("show nat descriptor address")
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


def _default_route(asked: _Asked, wanted: tuple[str, ...]) -> Check:
    record = asked.record("show ip route")
    gateways = [
        route.interface
        for route in (record.routes if record else ())
        if route.destination == "default"
    ]
    passed = bool(set(wanted) & set(gateways))
    return Check("default route", passed, ", ".join(gateways) or "none", " or ".join(wanted))


def _mapping(address: str) -> mape.Mapping | None:
    try:
        return mape.calculate(address)
    except MapeError:
        return None


def _interface_id(address: str) -> int:
    return int(IPv6Address(address)) & (1 << 64) - 1


def _upper(address: str) -> int:
    """Return the first 56 bits: whether an RTX keeps bits 56 to 63 in a CE is not known."""
    return int(IPv6Address(address)) >> 72


def _upper_of(mapping: mape.Mapping) -> int:
    return _upper(mapping.end_user_prefix.partition("/")[0])
