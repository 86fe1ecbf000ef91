"""Routes, neighbours, leases, security associations."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric, from_record
from yamaha_ops.status.arp import Arp
from yamaha_ops.status.dhcp import Dhcp
from yamaha_ops.status.ipsec import IpsecSa
from yamaha_ops.status.route import Routes
from yamaha_ops.status.route_summary import RouteSummary

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.exporter.metric import Rows
    from yamaha_ops.exporter.scrape import Scrape

_FAMILIES = {"show ip route": "ipv4", "show ipv6 route": "ipv6"}
_ROUTES = "show ip route, show ipv6 route"
_SUMMARIES = "show ip route summary, show ipv6 route summary"
_ARP = "show arp"
_DHCP = "show status dhcp"
_IPSEC = "show ipsec sa"


def _route_counts(scrape: Scrape) -> Rows:
    for answer in scrape.health.answers if scrape.health else ():
        family = _FAMILIES.get(answer.command.removesuffix(" summary"))
        if family and isinstance(answer.record, RouteSummary):
            for protocol, count in answer.record.protocols.items():
                if protocol != "Total":
                    # The two commands differ in the case of `static`.
                    name = protocol.lower().replace(" ", "_")
                    yield (family, name, "active"), count.active
                    yield (family, name, "hidden"), count.hidden


def _default_routes(scrape: Scrape) -> Rows:
    for answer in scrape.health.answers if scrape.health else ():
        family = _FAMILIES.get(answer.command)
        if family and isinstance(answer.record, Routes):
            destinations = [route.destination for route in answer.record.routes]
            yield (family,), destinations.count("default")


def _arp(record: Arp) -> Rows:
    for interface, count in Counter(entry.interface for entry in record.entries).items():
        yield (interface,), count


def _scopes(name: str) -> Callable[[Dhcp], Rows]:
    def rows(record: Dhcp) -> Rows:
        for scope in record.scopes:
            yield (str(scope.scope),), getattr(scope, name)

    return rows


def _leases(record: Dhcp) -> Rows:
    for scope in record.scopes:
        for lease in scope.leases:
            yield (str(scope.scope), lease.address), lease.remaining_seconds


def _sas(record: IpsecSa) -> Rows:
    yield ("isakmp",), record.isakmp
    yield ("send",), record.send
    yield ("receive",), record.receive


def _sa_life(record: IpsecSa) -> Rows:
    """Take the newest of each: the older ones only wait for their end."""
    newest: dict[tuple[str, ...], int] = {}
    for sa in record.sas:
        if sa.life_seconds is not None:
            labels = (str(sa.tunnel or ""), sa.protocol, sa.direction or "")
            newest[labels] = max(newest.get(labels, 0), sa.life_seconds)
    return newest.items()


METRICS = (
    Metric(
        "routes",
        "gauge",
        "Routes by protocol, in use and hidden by better ones.",
        _SUMMARIES,
        _route_counts,
        ("family", "protocol", "state"),
    ),
    Metric(
        "default_routes",
        "gauge",
        "Default routes: 0 is a router without a way out.",
        _ROUTES,
        _default_routes,
        ("family",),
    ),
    Metric(
        "arp_entries",
        "gauge",
        "Neighbours in the ARP table.",
        _ARP,
        from_record(Arp, _arp),
        ("interface",),
    ),
    *(
        Metric(
            f"dhcp_scope_{name}_addresses",
            "gauge",
            text,
            _DHCP,
            from_record(Dhcp, _scopes(name)),
            ("scope",),
        )
        for name, text in (
            ("total", "Addresses of the scope."),
            ("excluded", "Addresses of the scope that are left out."),
            ("leased", "Addresses on lease. A lease is no proof that the host is there."),
            ("available", "Addresses that can still be leased."),
        )
    ),
    Metric(
        "dhcp_lease_remaining_seconds",
        "gauge",
        "Time left of each lease.",
        _DHCP,
        from_record(Dhcp, _leases),
        ("scope", "address"),
        per_host=True,
    ),
    Metric(
        "ipsec_sas",
        "gauge",
        "Security associations by kind.",
        _IPSEC,
        from_record(IpsecSa, _sas),
        ("type",),
    ),
    Metric(
        "ipsec_sa_remaining_seconds",
        "gauge",
        "Life left of the newest SA of each kind.",
        _IPSEC,
        from_record(IpsecSa, _sa_life),
        ("tunnel", "protocol", "direction"),
    ),
)
