"""Port lists of a filter: numbers, ranges and the router's own names for services."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from yamaha_ops.config.errors import ParameterError

LAST_PORT = 65535
Ranges = tuple[tuple[int, int], ...]
EVERY_PORT: Ranges = ((0, LAST_PORT),)


class Service(NamedTuple):
    """What a service name stands for: destination ports, and the protocols they belong to."""

    ports: Ranges
    protocols: frozenset[str]


@cache
def services() -> dict[str, Service]:
    """Return the names a router knows (REF 8.1.10, 8.1.14; numbers it leaves open are IANA's)."""
    table = files("yamaha_ops.config").joinpath("data/services.tsv").read_text(encoding="utf-8")
    found = {}
    for row in table.splitlines()[1:]:
        name, ports, protocols = row.split("\t")
        numbers = tuple((int(port), int(port)) for port in ports.split(","))
        found[name] = Service(numbers, frozenset(protocols.split(",")))
    return found


def parse_ports(text: str) -> Ranges:
    """Read ``80``, ``www,443``, ``1024-``, ``netbios_ns-netbios_ssn`` or ``*``.

    Raises:
        ParameterError: A word is neither a number nor a known name.
    """
    ranges: list[tuple[int, int]] = []
    for word in text.split(","):
        if word == "*":
            return EVERY_PORT
        if word in services():
            ranges += services()[word].ports
            continue
        first, dash, last = word.partition("-")
        low = _number(first) if first else 0
        high = _number(last) if last else LAST_PORT if dash else low
        ranges.append((low, high))
    return tuple(sorted(ranges))


def _number(word: str) -> int:
    if word in services():
        return services()[word].ports[0][0]
    if word.isdecimal() and int(word) <= LAST_PORT:
        return int(word)
    raise ParameterError(f"'{word}' is neither a port nor the name of one")


def within(number: int, ranges: Ranges) -> bool:
    """Say whether ``number`` is in one of ``ranges``."""
    return any(first <= number <= last for first, last in ranges)


def cover(outer: Ranges, inner: Ranges) -> bool:
    """Say whether each range of ``inner`` lies in one of ``outer``."""
    return all(any(a <= c and d <= b for a, b in outer) for c, d in inner)
