"""Address sharing: NAT sessions, and the ports of a MAP-E line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric, from_record
from yamaha_ops.status.nat import NatAddress, NatSessions

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.exporter.metric import Rows, Value
    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.health import MapeLine
    from yamaha_ops.status.nat import Descriptor, SessionSummary

_ADDRESS = "show nat descriptor address"
_SUMMARY = "show nat descriptor masquerade session summary"
_MATHEMATICS = "show nat descriptor address, show ipv6 address, RFC 7597"


def _descriptors(read: Callable[[Descriptor], Value]) -> Callable[[Scrape], Rows]:
    def rows(nat: NatAddress) -> Rows:
        for each in nat.descriptors:
            yield (str(each.descriptor), each.interface or ""), read(each)

    return from_record(NatAddress, rows)


def _sessions(read: Callable[[SessionSummary], Value]) -> Callable[[Scrape], Rows]:
    def rows(nat: NatSessions) -> Rows:
        for each in nat.summaries:
            number = "" if each.descriptor is None else str(each.descriptor)
            yield (number, each.interface or ""), read(each)

    return from_record(NatSessions, rows)


def _all_sessions(scrape: Scrape) -> Rows:
    """Take the summary; where the firmware has none, the count that closes the port list."""
    summed = [(labels, value) for labels, value in _sessions(lambda s: s.sessions)(scrape)]
    return summed or _descriptors(lambda d: d.sessions)(scrape)


def _hosts(nat: NatAddress) -> Rows:
    for descriptor in nat.descriptors:
        for host in descriptor.hosts:
            labels = (str(descriptor.descriptor), descriptor.interface or "", host.inner_address)
            yield labels, host.sessions


def _busiest(descriptor: Descriptor) -> Value:
    return max((host.sessions for host in descriptor.hosts), default=None)


def _host_limit(descriptor: Descriptor) -> Value:
    """How near the busiest host is to its own limit."""
    used = (host.sessions / host.limit for host in descriptor.hosts if host.limit)
    return max(used, default=None)


def _lines(read: Callable[[MapeLine], Value]) -> Callable[[Scrape], Rows]:
    def rows(scrape: Scrape) -> Rows:
        for line in scrape.health.lines if scrape.health else ():
            yield (str(line.descriptor), line.interface or ""), read(line)

    return rows


def _static_forwards(scrape: Scrape) -> Rows:
    state = scrape.health.configuration if scrape.health else None
    for descriptor, count in state.static_forwards.items() if state else ():
        yield (str(descriptor),), count


_BOTH = ("descriptor", "interface")

METRICS = (
    Metric(
        "nat_sessions",
        "gauge",
        "Masquerade sessions. They are not ports: TCP sessions to different far ends share one.",
        _SUMMARY,
        _all_sessions,
        _BOTH,
    ),
    Metric(
        "nat_sessions_limit",
        "gauge",
        "Size of the session table (not the ports of the line).",
        _SUMMARY,
        _sessions(lambda summary: summary.limit),
        _BOTH,
    ),
    Metric(
        "nat_sessions_peak",
        "gauge",
        "Most sessions since the descriptor was set up.",
        _SUMMARY,
        _sessions(lambda summary: summary.peak),
        _BOTH,
    ),
    Metric(
        "nat_hosts",
        "gauge",
        "Inner hosts that have dynamic sessions.",
        _ADDRESS,
        _descriptors(lambda each: len(each.hosts) or None),
        _BOTH,
    ),
    Metric(
        "nat_busiest_host_sessions",
        "gauge",
        "Sessions of the host that has most.",
        _ADDRESS,
        _descriptors(_busiest),
        _BOTH,
    ),
    Metric(
        "nat_busiest_host_limit_ratio",
        "gauge",
        "How much of its own session limit a host uses.",
        _ADDRESS,
        _descriptors(_host_limit),
        _BOTH,
    ),
    Metric(
        "nat_host_sessions",
        "gauge",
        "Sessions of each inner host.",
        _ADDRESS,
        from_record(NatAddress, _hosts),
        (*_BOTH, "inner"),
        per_host=True,
    ),
    Metric(
        "nat_port_range_ports",
        "gauge",
        "Outer ports that the descriptor may use; only where the whole list was understood.",
        _ADDRESS,
        _descriptors(lambda each: each.port_count),
        _BOTH,
    ),
    Metric(
        "mape_ports",
        "gauge",
        "Ports that the router says its MAP-E line has.",
        _ADDRESS,
        _lines(lambda line: line.ports_assigned),
        _BOTH,
    ),
    Metric(
        "mape_ports_in_use",
        "gauge",
        "Ports taken, where the router counts ports; an RTX830's default type counts sessions.",
        _ADDRESS,
        _lines(lambda line: line.ports_in_use),
        _BOTH,
    ),
    Metric(
        "mape_ports_expected",
        "gauge",
        "Ports that the line has by its prefix and RFC 7597.",
        _MATHEMATICS,
        _lines(lambda line: line.ports_expected),
        _BOTH,
    ),
    Metric(
        "mape_consistent",
        "gauge",
        "Whether address and ports are those of the prefix; absent where one is not known.",
        _MATHEMATICS,
        _lines(lambda line: line.consistent),
        _BOTH,
    ),
    Metric(
        "mape_saturation_ratio",
        "gauge",
        "Sessions, or ports where those are counted, per port. Up to 1 no port can be missing.",
        f"{_SUMMARY}, {_ADDRESS}",
        _lines(lambda line: line.saturation),
        _BOTH,
    ),
    Metric(
        "nat_static_forwards",
        "gauge",
        "Static entries: ports forwarded to inner hosts.",
        "show config",
        _static_forwards,
        ("descriptor",),
    ),
)
