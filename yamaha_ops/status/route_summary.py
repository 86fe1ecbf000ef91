"""``show ip route summary`` and ``show ipv6 route summary``: routes counted by protocol."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.status.grammar import Reader


@dataclass(frozen=True, slots=True)
class Count:
    """Routes in use, and routes that better ones hide."""

    active: int
    hidden: int


@dataclass(frozen=True, slots=True)
class RouteSummary:
    """Counts by printed name, with ``Total``. The two commands differ in the case of ``static``."""

    protocols: Mapping[str, Count] = field(default_factory=dict)


# A name may hold a blank (ICMP redirect): the counts are the last two tokens.
_ROW = re.compile(r"(\S+(?: \S+)*)\s+(\d{1,9})\s+(\d{1,9})$", re.ASCII)

GRAMMAR = Grammar(
    forms=(
        ("row", re.compile(r"[A-Za-z][A-Za-z0-9]*(?: [A-Za-z]+)*\s+\d", re.ASCII)),
        (IGNORED, re.compile(r"(?:Protocol|プロトコル)\s+\D+$|-{5,}")),
    ),
    whole={"row": _ROW},
)


def parse(text: str | bytes, command: str) -> tuple[RouteSummary, Reader]:
    """Read one answer, of either protocol.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    protocols = {}
    for _key, value, line in reader:
        found = _ROW.fullmatch(value)
        if found:
            protocols[found[1]] = Count(int(found[2]), int(found[3]))
        else:
            reader.reject(line)
    return RouteSummary(protocols), reader
