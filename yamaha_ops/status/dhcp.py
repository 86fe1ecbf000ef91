"""``show status dhcp``: scopes, totals and leases of the DHCP server (REF 58.26)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.status import values
from yamaha_ops.status.fields import count, gather, own, seconds, word
from yamaha_ops.status.grammar import Grammar

if TYPE_CHECKING:
    from yamaha_ops.status.fields import Fields
    from yamaha_ops.status.grammar import Line, Reader


@dataclass(frozen=True, slots=True)
class Lease:
    """One leased address. ``client_id`` is as printed; a lease is no proof of presence."""

    address: str
    mac_address: str | None = None
    client_id: str | None = None
    host_name: str | None = None
    remaining_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope with its totals; ``reserved`` are addresses set aside and not in use."""

    scope: int | None = None
    network_address: str | None = None
    total: int | None = None
    excluded: int | None = None
    leased: int | None = None
    available: int | None = None
    leases: tuple[Lease, ...] = ()
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dhcp:
    """Every scope, in printed order."""

    scopes: tuple[Scope, ...] = ()


GRAMMAR = Grammar(
    labels={
        "DHCP Scope number": "scope",
        "DHCPスコープ番号": "scope",
        "Network address": "network_address",
        "ネットワークアドレス": "network_address",
        # The colon tells the address from the total, whose label goes on.
        "Leased address": "lease",
        "割り当て中アドレス": "lease",
        "予約済みアドレス": "reserved",
        "(type) Client ID": "client_id",
        "(タイプ) クライアントID": "client_id",
        "Client ethernet address": "mac_address",
        "クライアントイーサネットアドレス": "mac_address",
        "Host Name": "host_name",
        "ホスト名": "host_name",
        "Remaining lease": "remaining",
        "リース残時間": "remaining",
        "All": "total",
        "全アドレス数": "total",
        "Except": "excluded",
        "除外アドレス数": "excluded",
        "Leased": "leased",
        "割り当て中アドレス数": "leased",
        "Usable": "available",
        "利用可能アドレス数": "available",
    },
    forms=(("summary", re.compile(r"\s*\d{1,5}:\s+\d{1,3}\.\d{1,3}\.", re.ASCII)),),
)

_SUMMARY = re.compile(r"\d+:\s+([0-9.]+):\s+([0-9A-Fa-f:]{17})(?:, (.*))?$", re.ASCII)
_ETHERNET_ID = re.compile(r"\(01\)((?: [0-9A-Fa-f]{2}){6})$", re.ASCII)
_TOTALS = ("total", "excluded", "leased", "available")


def parse(text: str | bytes, command: str) -> tuple[Dhcp, Reader]:
    """Read one answer, full or ``summary``.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    scopes: list[list[list[Line]]] = []
    for line in reader:
        if line[0] == "scope" or not scopes:
            scopes.append([[]])
        if line[0] in {"lease", "reserved", "summary"} or line[0] in _TOTALS:
            # A lease ends where the next address or the totals begin, and nowhere else.
            scopes[-1].append([])
        scopes[-1][-1].append(line)
    return Dhcp(tuple(_scope(reader, blocks) for blocks in scopes)), reader


def _scope(reader: Reader, blocks: list[list[Line]]) -> Scope:
    read: dict[str, Any] = {}
    leases: list[Lease] = []
    reserved: list[str] = []
    for block in blocks:
        fields = gather(reader, block, _READERS)
        kind = block[0][0] if block else None
        if kind in {"lease", "summary"} and fields.get("address"):
            leases.append(Lease(**own(fields, Lease)))
        elif kind == "reserved" and fields.get("address"):
            reserved.append(fields["address"])
        else:
            read |= own(fields, Scope)
    return Scope(**read, leases=tuple(leases), reserved=tuple(reserved))


def _client_id(value: str, _line: str) -> Fields:
    """Read an identifier; only type 01 with six bytes is a MAC address."""
    ethernet = _ETHERNET_ID.match(value)
    mac = ethernet[1].split() if ethernet else None
    return {"client_id": values.present(value), "mac_address": ":".join(mac) if mac else None}


def _summary(value: str, _line: str) -> Fields:
    found = _SUMMARY.match(value)
    if found is None:
        return None
    return dict(zip(("address", "mac_address", "host_name"), found.groups(), strict=True))


_READERS = {
    "scope": count("scope"),
    "network_address": word("network_address"),
    "lease": word("address"),
    "reserved": word("address"),
    "summary": _summary,
    "client_id": _client_id,
    "mac_address": word("mac_address"),
    "host_name": word("host_name"),
    "remaining": seconds("remaining_seconds"),
    **{name: count(name) for name in _TOTALS},
}
