"""``show ipsec sa``: security associations; English whatever the console's language (REF 58.10)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from yamaha_ops.status.grammar import Reader

DIRECTIONS = {"send": "send", "recv": "receive", "receive": "receive", "-": None}


@dataclass(frozen=True, slots=True)
class Sa:
    """One SA. ``protocol`` is isakmp, ike, esp or ah; ``direction`` send or receive."""

    sa: int
    gateway: int | None
    tunnel: int | None
    protocol: str
    direction: str | None
    life_seconds: int | None
    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class IpsecSa:
    """The totals as printed, and every SA."""

    isakmp: int | None = None
    send: int | None = None
    receive: int | None = None
    sas: tuple[Sa, ...] = ()


GRAMMAR = Grammar(
    labels={"Total": "total"},
    forms=(
        ("row", re.compile(r"\d{1,6}\s+(?:\d{1,6}|-)\s+(?:\d{1,6}|-)\s+[A-Za-z]", re.ASCII)),
        (IGNORED, re.compile(r"sa\s+sgw\s+isakmp|-{5,}")),
    ),
)

_TOTAL = re.compile(r"(?:isakmp|ike):(\d{1,9}) send:(\d{1,9}) recv:(\d{1,9})$", re.ASCII)
_CONNECTION = re.compile(r"(?:tun\[(\d{1,4})\])?([a-z]\w*)$", re.ASCII)
_TOTALS = ("isakmp", "send", "receive")
_COLUMNS = 6


def parse(text: str | bytes, command: str) -> tuple[IpsecSa, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    totals: dict[str, int] = {}
    sas = []
    for key, value, line in reader:
        total = _TOTAL.match(value) if key == "total" else None
        sa = _sa(value) if key == "row" else None
        if total:
            totals = dict(zip(_TOTALS, map(int, total.groups()), strict=True))
        elif sa:
            sas.append(sa)
        else:
            reader.reject(line)
    return IpsecSa(**totals, sas=tuple(sas)), reader


def _sa(row: str) -> Sa | None:
    """Read one row: six tokens, and a remote id that may be empty or hold blanks."""
    columns = row.split(maxsplit=_COLUMNS)
    if len(columns) < _COLUMNS:
        return None
    sa, gateway, _isakmp, connection, direction, life, *remote_id = columns
    kind = _CONNECTION.match(connection)
    if kind is None or direction not in DIRECTIONS:
        return None
    return Sa(
        sa=int(sa),
        gateway=values.number(gateway),
        tunnel=int(kind[1]) if kind[1] else None,
        protocol=kind[2],
        direction=DIRECTIONS[direction],
        life_seconds=values.number(life),
        remote_id=remote_id[0].strip() if remote_id else None,
    )
