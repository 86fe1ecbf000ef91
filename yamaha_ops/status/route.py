"""``show ip route`` and ``show ipv6 route`` (REF 58.4, 58.6).

Rows are the same in both languages. Columns shift when an address is long, so a row is its tokens:
destination, gateway, interface, protocol; what is left is additional information.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from yamaha_ops.status.grammar import Reader

_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Route:
    """One route. ``destination`` is ``default`` or a prefix; the same twice is multipath.

    ``protocol`` is the printed word (static, implicit, temporary, OSPF ...), ``info`` the printed
    rest (``cost=2``, ``k(1)``, ``w(0)``).
    """

    destination: str
    gateway: str | None
    interface: str
    protocol: str
    info: str | None = None


@dataclass(frozen=True, slots=True)
class Routes:
    """The routing table, in printed order."""

    routes: tuple[Route, ...] = ()


GRAMMAR = Grammar(
    forms=(
        ("row", re.compile(r"(?:default|[^\s/]+/\d{1,3})(?:\s|$)", re.ASCII)),
        (IGNORED, re.compile(r"Destination\s+Gateway|宛先ネットワーク")),
    ),
    # A row begins at the margin. An IPv6 gateway that overruns its column pushes the rest of its
    # row to the next line, whatever the console's width.
    continuations={"row": re.compile(r"\s")},
)


def parse(text: str | bytes, command: str) -> tuple[Routes, Reader]:
    """Read one answer, of either protocol.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    routes = []
    for _key, value, line in reader:
        columns = value.split(maxsplit=_COLUMNS)
        if len(columns) < _COLUMNS:
            reader.reject(line)
            continue
        destination, gateway, interface, protocol, *info = columns
        routes.append(
            Route(
                destination,
                values.present(gateway),
                interface,
                protocol,
                info[0].strip() if info else None,
            )
        )
    return Routes(tuple(routes)), reader
