"""A MAP-E line: what the router says it has, against what RFC 7597 says it must have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from yamaha_ops.errors import MapeError
from yamaha_ops.mape import Mapping, RuleTable, calculate
from yamaha_ops.status.ipv6_address import Ipv6Address
from yamaha_ops.status.nat import Descriptor, NatAddress, NatSessions
from yamaha_ops.status.tunnel import Tunnel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_Kind = TypeVar("_Kind")


@dataclass(frozen=True, slots=True)
class MapeLine:
    """One MAP-E line.

    Attributes:
        descriptor: Its NAT descriptor.
        interface: As printed, ``TUNNEL[1]``.
        prefix: The end-user prefix, from the router's own addresses.
        ports_assigned: How many ports the router says it may use.
        ports_expected: How many it may use by the mathematics.
        consistent: Whether address and port ranges are those of the prefix; None where one of
            the two is not known.
        sessions: Masquerade sessions.
        ports_in_use: How many ports are taken, where the router counts ports.
        saturation: Ports in use for each assigned one, or sessions where only they are counted.
            Every UDP session takes a port, TCP sessions to different far ends share one: below 1
            no port can be missing, above 1 it can.
    """

    descriptor: int
    interface: str | None
    prefix: str | None = None
    ports_assigned: int | None = None
    ports_expected: int | None = None
    consistent: bool | None = None
    sessions: int | None = None
    saturation: float | None = None
    ports_in_use: int | None = None


def mape_lines(records: Sequence[Any], rules: RuleTable | None = None) -> tuple[MapeLine, ...]:
    """Judge every MAP-E line that the records show.

    Args:
        records: The records of one round.
        rules: The rules to reckon with; the shipped ones if left out.
    """
    mappings = list(_mappings(_addresses(records), rules))
    sessions = {
        summary.descriptor: summary.sessions
        for record in _only(records, NatSessions)
        for summary in record.summaries
    }
    descriptors = [each for record in _only(records, NatAddress) for each in record.descriptors]
    # One form of the summary names no descriptor: with a single one it is clear which is meant.
    unnamed = sessions.get(None) if len(descriptors) == 1 else None
    return tuple(
        _judge(descriptor, mappings, sessions.get(descriptor.descriptor, unnamed))
        for descriptor in descriptors
        if descriptor.outer_source == "map-e"
    )


def _judge(descriptor: Descriptor, mappings: Sequence[Mapping], sessions: int | None) -> MapeLine:
    if sessions is None:
        sessions = descriptor.sessions
    taken = sessions if descriptor.ports_in_use is None else descriptor.ports_in_use
    mapping = _nearest(descriptor, mappings)
    assigned = descriptor.port_count
    return MapeLine(
        descriptor=descriptor.descriptor,
        interface=descriptor.interface,
        prefix=mapping.end_user_prefix if mapping else None,
        ports_assigned=assigned,
        ports_expected=mapping.ports.count if mapping else None,
        consistent=_agrees(descriptor, mapping) if mapping and assigned else None,
        sessions=sessions,
        saturation=taken / assigned if taken is not None and assigned else None,
        ports_in_use=descriptor.ports_in_use,
    )


def _nearest(descriptor: Descriptor, mappings: Sequence[Mapping]) -> Mapping | None:
    """Choose the mapping that agrees, else the first: a router may have several prefixes."""
    agreeing = (mapping for mapping in mappings if _agrees(descriptor, mapping))
    return next(agreeing, mappings[0] if mappings else None)


def _agrees(descriptor: Descriptor, mapping: Mapping) -> bool:
    return descriptor.outer_address == mapping.ipv4 and tuple(
        sorted(descriptor.port_ranges)
    ) == tuple(mapping.ports.ranges)


def _mappings(addresses: Iterable[str], rules: RuleTable | None) -> Iterator[Mapping]:
    """Reckon with each address; one that no rule covers is not of a MAP-E line."""
    for address in addresses:
        try:
            yield calculate(address, rules)
        except MapeError:
            continue


def _addresses(records: Sequence[Any]) -> dict[str, None]:
    """List the router's own global addresses, the tunnel's first."""
    tunnels = [tunnel.ipv6_address for tunnel in _only(records, Tunnel) if tunnel.ipv6_address]
    interfaces = [
        address.address
        for record in _only(records, Ipv6Address)
        for interface in record.interfaces
        for address in interface.addresses
        if address.scope == "global"
    ]
    return dict.fromkeys([*tunnels, *interfaces])


def _only(records: Iterable[Any], kind: type[_Kind]) -> Iterator[_Kind]:
    return (record for record in records if isinstance(record, kind))
