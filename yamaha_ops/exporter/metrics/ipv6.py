"""IPv6: interfaces, prefixes and their lifetimes."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from ipaddress import IPv6Interface
from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric, from_record
from yamaha_ops.status.ipv6_address import Ipv6Address
from yamaha_ops.status.ipv6_dhcp import Ipv6Dhcp

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.exporter.metric import Rows, Value
    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.status.ipv6_address import Interface
    from yamaha_ops.status.ipv6_dhcp import Interface as Client

_ADDRESS = "show ipv6 address"
_DHCP = "show status ipv6 dhcp"
_UP = {"established": True}
"""State of a DHCPv6 client that has what it asked for; other words were never seen."""


def _interfaces(read: Callable[[Interface], Value]) -> Callable[[Scrape], Rows]:
    def rows(record: Ipv6Address) -> Rows:
        for interface in record.interfaces:
            yield (interface.interface,), read(interface)

    return from_record(Ipv6Address, rows)


def _clients(read: Callable[[Client], Value]) -> Callable[[Scrape], Rows]:
    def rows(record: Ipv6Dhcp) -> Rows:
        for interface in record.interfaces:
            if interface.role == "client":
                yield (interface.interface,), read(interface)

    return from_record(Ipv6Dhcp, rows)


def _shortest(name: str) -> Callable[[Interface], Value]:
    """Take the address that expires first."""

    def read(interface: Interface) -> Value:
        lifetimes = (getattr(address, name) for address in interface.addresses)
        return min((seconds for seconds in lifetimes if seconds is not None), default=None)

    return read


def _fingerprint(interface: Interface) -> Value:
    addresses = [each for each in interface.addresses if each.scope == "global"]
    return _number_of(tuple([f"{each.address}/{each.prefix_length}" for each in addresses]))


@lru_cache(maxsize=4096)
def _number_of(addresses: tuple[str, ...]) -> int | None:
    """Make one number of the prefixes, so that a change shows without a label for each prefix."""
    try:
        prefixes = sorted(str(IPv6Interface(address).network) for address in addresses)
    except ValueError:  # masked by whoever published the text
        return None
    if not prefixes:
        return None
    return int.from_bytes(hashlib.sha256(" ".join(prefixes).encode()).digest()[:6])


METRICS = (
    Metric(
        "ipv6_interface_up",
        "gauge",
        "Whether IPv6 is up on the interface.",
        _ADDRESS,
        _interfaces(lambda each: each.up),
        ("interface",),
    ),
    *(
        Metric(
            f"ipv6_interface_{direction}_{unit}",
            "counter",
            f"IPv6 {unit} {verb}.",
            _ADDRESS,
            _interfaces(lambda each, name=f"{direction}_{unit}": getattr(each, name)),  # type: ignore[misc]
            ("interface",),
        )
        for direction, verb in (("receive", "received"), ("transmit", "sent"))
        for unit in ("packets", "bytes")
    ),
    Metric(
        "ipv6_address_preferred_lifetime_seconds",
        "gauge",
        "Preferred lifetime left of the address that expires first.",
        _ADDRESS,
        _interfaces(_shortest("preferred_lifetime_seconds")),
        ("interface",),
    ),
    Metric(
        "ipv6_address_valid_lifetime_seconds",
        "gauge",
        "Valid lifetime left of the address that expires first.",
        _ADDRESS,
        _interfaces(_shortest("valid_lifetime_seconds")),
        ("interface",),
    ),
    Metric(
        "ipv6_prefix_fingerprint",
        "gauge",
        "A number made of the global prefixes: watch it with changes(). With a new prefix a MAP-E "
        "line gets another address and other ports.",
        _ADDRESS,
        _interfaces(_fingerprint),
        ("interface",),
    ),
    Metric(
        "dhcpv6_client_up",
        "gauge",
        "1 while the client's state is established.",
        _DHCP,
        _clients(lambda each: _UP.get(each.state or "", False)),
        ("interface",),
    ),
    Metric(
        "dhcpv6_prefix_preferred_lifetime_seconds",
        "gauge",
        "Preferred lifetime of the delegated prefix.",
        _DHCP,
        _clients(lambda each: each.preferred_lifetime_seconds),
        ("interface",),
    ),
    Metric(
        "dhcpv6_prefix_valid_lifetime_seconds",
        "gauge",
        "Valid lifetime of the delegated prefix.",
        _DHCP,
        _clients(lambda each: each.valid_lifetime_seconds),
        ("interface",),
    ),
)
