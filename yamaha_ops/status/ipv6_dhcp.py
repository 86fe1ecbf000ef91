"""``show status ipv6 dhcp``: DHCPv6 server and client, by interface (REF 58.28).

English is recorded on an RTX1300. Whether the lifetimes count down is not known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status.fields import count, gather, word
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from yamaha_ops.status.fields import Fields
    from yamaha_ops.status.grammar import Line, Reader


@dataclass(frozen=True, slots=True)
class Interface:
    """DHCPv6 on one interface. ``role`` is server or client, ``state`` the printed word."""

    interface: str
    role: str
    state: str | None = None
    prefix: str | None = None
    duration_seconds: int | None = None
    t1_seconds: int | None = None
    t2_seconds: int | None = None
    preferred_lifetime_seconds: int | None = None
    valid_lifetime_seconds: int | None = None
    dns_servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ipv6Dhcp:
    """Every interface that takes part, in printed order."""

    interfaces: tuple[Interface, ...] = ()


GRAMMAR = Grammar(
    labels={
        "state": "state",
        "prefix": "prefix",
        "duration": "duration",
        "T1": "t1",
        "T2": "t2",
        "preferred lifetime": "preferred",
        "valid lifetime": "valid",
        "server": IGNORED,
        "info-req": IGNORED,
        "address": IGNORED,
        "preference": IGNORED,
    },
    sentences={"DHCPv6 status": IGNORED},
    forms=(
        ("head", re.compile(r"\s*\S+ \[(?:server|client)\]\s*$")),
        ("dns", re.compile(r"\s*DNS server\[\d+\]:", re.ASCII)),
        (IGNORED, re.compile(r"\s*(?:Domain name|SNTP server)\[\d+\]:", re.ASCII)),
    ),
)

_HEAD = re.compile(r"(\S+) \[(server|client)\]$")


def parse(text: str | bytes, command: str) -> tuple[Ipv6Dhcp, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    blocks: list[list[Line]] = []
    for line in reader:
        if line[0] == "head":
            blocks.append([])
        elif not blocks:
            reader.reject(line[2])
            continue
        blocks[-1].append(line)
    return Ipv6Dhcp(tuple(_interface(reader, block) for block in blocks)), reader


def _interface(reader: Reader, block: list[Line]) -> Interface:
    servers = tuple(value.split("]:", 1)[1].strip() for key, value, _line in block if key == "dns")
    fields = gather(reader, (line for line in block if line[0] != "dns"), _READERS)
    return Interface(**fields, dns_servers=servers)


def _head(value: str, _line: str) -> Fields:
    found = _HEAD.match(value)
    return {"interface": found[1], "role": found[2]} if found else None


_READERS = {
    "head": _head,
    "state": word("state"),
    "prefix": word("prefix"),
    "duration": count("duration_seconds"),
    "t1": count("t1_seconds"),
    "t2": count("t2_seconds"),
    "preferred": count("preferred_lifetime_seconds"),
    "valid": count("valid_lifetime_seconds"),
}
