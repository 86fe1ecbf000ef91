"""``show arp``: neighbours by interface and, on a switching hub, by port (REF 58.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from yamaha_ops.status.grammar import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """One neighbour; ``port`` only behind a switching hub, ``ttl_seconds`` None where permanent."""

    interface: str
    port: int | None
    address: str
    mac_address: str
    ttl_seconds: int | None


@dataclass(frozen=True, slots=True)
class Arp:
    """The table, in printed order."""

    entries: tuple[Entry, ...] = ()


_ROW = re.compile(
    r"([A-Z]+\d[\d./]*)(?:\(port(\d{1,2})\))?\s+(\S+)\s+([0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5})\s+(\S+)$",
    re.ASCII,
)

GRAMMAR = Grammar(
    labels={"カウント数": IGNORED},
    forms=(
        ("row", re.compile(r"(?:LAN|WAN|ONU|BRIDGE|VLAN)\d", re.ASCII)),
        (IGNORED, re.compile(r"インタフェース\s+IPアドレス|Interface\s+IP", re.IGNORECASE)),
    ),
    whole={"row": _ROW},
)


def parse(text: str | bytes, command: str) -> tuple[Arp, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    entries = []
    for _key, value, line in reader:
        found = _ROW.fullmatch(value)
        if found is None:
            reader.reject(line)
            continue
        interface, port, address, mac_address, ttl = found.groups()
        entries.append(
            Entry(interface, int(port) if port else None, address, mac_address, values.number(ttl))
        )
    return Arp(tuple(entries)), reader
