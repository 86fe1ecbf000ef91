"""What templates see: the router of the inventory, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.firmware import ADMINISTRATOR_WORDS
from yamaha_ops.render import numbers, scripts, way
from yamaha_ops.render.filters import Filter, Filters, Policy, in_order
from yamaha_ops.render.gates import demand
from yamaha_ops.render.services import SERVICES
from yamaha_ops.render.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from ipaddress import IPv4Interface

    from yamaha_ops.inventory.lan import Dhcp, Vlan
    from yamaha_ops.inventory.line import Line
    from yamaha_ops.inventory.router import Router
    from yamaha_ops.inventory.services import Schedule

PREFIX = {"ra": "ra-prefix", "pd": "dhcp-prefix"}
"""REF 30.2.2: how a delegated prefix is called."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The LAN or a VLAN, as the router calls it."""

    name: str
    interface: str
    address: IPv4Interface
    number: int
    """Of its DHCP scope and its prefix: 1 for the LAN, the VLAN ID for a VLAN."""
    dhcp: Dhcp | None = None
    vlan: Vlan | None = None
    policy: Policy | None = None
    """What an isolated VLAN may send."""
    prefix: Words | None = None
    """The /64 that the segment advertises."""
    ipv6_addresses: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbered:
    """A wish of the inventory with the number it got."""

    number: int
    wish: Any
    because: str
    """The field of the inventory that asks for it."""


def context(router: Router) -> dict[str, Any]:
    """Return the variables of the templates.

    Raises:
        RenderError: The inventory asks for what the model or its firmware cannot do.
    """
    line = router.line
    seen: dict[str, Any] = {
        "router": router,
        "variables": router.variables,
        "line": line,
        "lan": router.lan,
        "segments": tuple(_segments(router)),
        "domains": _domains(router),
        "schedules": _schedules(router.schedules),
        "settings": scripts.settings(router),
        "scripts": scripts.starts(router),
        "administrator": ADMINISTRATOR_WORDS.get(router.model, "on"),
        "route": None,
        "ipv6": None,
        "tunnel": None,
        "session": None,
        "nats": (),
        "notifier": None,
    }
    policies = [segment.policy for segment in seen["segments"] if segment.policy]
    chosen = None
    if line is not None:
        chosen = _ways(router, line, seen)
        policies += [each.policy for each in (seen["tunnel"], seen["session"]) if each]
    statics = [each for policy in policies for each in policy.statics]
    if chosen is not None:
        statics.append(chosen)
    seen["filters"] = in_order(statics)
    seen["dynamics"] = in_order(each for policy in policies for each in policy.dynamic)
    return seen


def reasons(seen: Mapping[str, Any]) -> dict[str, str]:
    """Return which field asks for a numbered line, by the beginning of the line."""
    found = {f"ip filter {each.number}": each.because for each in seen["filters"]}
    if seen["ipv6"]:
        found |= {f"ipv6 filter {each.number}": each.because for each in seen["ipv6"].statics}
    for nat in seen["nats"]:
        for each in nat.statics:
            start = f"nat descriptor masquerade static {nat.descriptor} {each.number}"
            found[start] = each.because
    found |= {f"dns server select {each.number}": each.because for each in seen["domains"]}
    found |= {f"set {each.name}=": each.because for each in seen["settings"]}
    found |= {f"embedded file {each.file}": each.because for each in seen["scripts"]}
    for each in (*seen["schedules"], *seen["scripts"]):
        found[f"schedule at {each.number}"] = each.because
    return found


def _ways(router: Router, line: Line, seen: dict[str, Any]) -> Filter | None:
    service = SERVICES[line.actual]
    for feature in service.needs:
        demand(feature, f"line.service {line.actual}", router)
    filters = Filters(router, _delegated(line))
    if line.ipv6 != "off":
        seen["ipv6"] = filters.ipv6()
    seen["tunnel"] = way.tunnel(router, line, service, filters.tunnel())
    if seen["tunnel"] and seen["tunnel"].by_name:
        demand("ipip endpoint name", f"line.service {line.actual} by name", router)
    seen["session"] = way.session(line, service, filters.session())
    seen["nats"] = way.nats(router, line, service, seen["session"])
    if line.fixed is not None and line.fixed.user is not None:
        seen["notifier"] = service.notifier
    seen["route"], chosen = way.default_route(line, seen["tunnel"], seen["session"])
    return chosen


def _delegated(line: Line) -> str:
    return f"{PREFIX.get(line.ipv6, '')}@{line.interface}"


def _segments(router: Router) -> Iterator[Segment]:
    line, lan = router.line, router.lan
    if lan is None:
        return
    delegated = _delegated(line) if line and line.ipv6 != "off" else None
    yield Segment(
        name="lan",
        interface=lan.interface,
        address=lan.address,
        number=1,
        dhcp=lan.dhcp,
        prefix=Words(f"{delegated}::/64") if delegated else None,
        ipv6_addresses=tuple(Words(f"{delegated}{own}/64") for own in _own_ids(line) if delegated),
    )
    filters = Filters(router, delegated or "")
    for place, (name, vlan) in enumerate(router.vlans.items(), start=1):
        # REF 30.2.3, 30.3.1: the subnet is written as the fifth group, behind the /64.
        subnet = f"{delegated}::{vlan.ipv6_subnet:x}:0:0:0" if vlan.ipv6_subnet else None
        yield Segment(
            name=name,
            interface=vlan.interface or f"{lan.interface}/{place}",
            address=vlan.address,
            number=vlan.id,
            dhcp=vlan.dhcp,
            vlan=vlan,
            policy=filters.isolated(name, vlan) if vlan.isolated else None,
            prefix=Words(f"{subnet}:0/64") if subnet else None,
            ipv6_addresses=(Words(f"{subnet}:1/64"),) if subnet else (),
        )


def _own_ids(line: Line | None) -> tuple[str, ...]:
    """Return the lower halves of the LAN's addresses: ours, and one that the service demands."""
    demanded = way.interface_id(line, SERVICES[line.actual]) if line else None
    if demanded is None:
        return ("::1",)
    return (demanded,) if line and line.fixed else ("::1", demanded)


def _domains(router: Router) -> tuple[Numbered, ...]:
    """Number the servers per domain so that the more specific domain is asked first (REF 24.10)."""
    found = []
    for domain, servers in router.dns.domains.items():
        labels = domain.count(".") + 1
        base = (_MOST_LABELS - min(labels, _MOST_LABELS - 1)) * 1000
        number = numbers.by_words(base, [domain], span=1000)[domain]
        found.append(Numbered(number, (domain, servers), f"dns.domains.{domain}"))
    return tuple(sorted(found, key=lambda each: each.number))


_MOST_LABELS = 64


def _schedules(wishes: dict[str, Schedule]) -> tuple[Numbered, ...]:
    numbered = numbers.by_words(numbers.SCHEDULE, wishes)
    found = (Numbered(numbered[name], wish, f"schedules.{name}") for name, wish in wishes.items())
    return tuple(sorted(found, key=lambda each: each.number))
