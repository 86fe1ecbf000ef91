"""``show nat descriptor address`` and the count of masquerade sessions (REF 58.14, 58.18).

Sessions are not ports: TCP sessions to different far ends share an outer port. The 65534 of the
session table is not the number of ports a MAP-E line owns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.status import values
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from yamaha_ops.status.grammar import Reader

_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Host:
    """Sessions of one inner host; ``limit`` is its own limit."""

    inner_address: str
    sessions: int
    limit: int
    type: str


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A NAT descriptor on one interface.

    ``port_ranges`` (inclusive, in printed order) and ``port_count`` exist only when the whole list
    was understood. ``outer_source`` says where the outer address comes from (``map-e``).
    ``ports_in_use`` exists where the router counts ports (``N used.``; REF 58.14 tells the two
    counts apart), as its masquerade of type 1 does. Then each session has a port of its own.
    """

    descriptor: int
    interface: str | None = None
    type: str | None = None
    outer_address: str | None = None
    outer_source: str | None = None
    port_ranges: tuple[tuple[int, int], ...] = ()
    port_count: int | None = None
    sessions: int | None = None
    hosts: tuple[Host, ...] = ()
    ports_in_use: int | None = None

    @property
    def complete(self) -> bool:
        """Whether every session is accounted for by a host row."""
        return self.sessions == sum(host.sessions for host in self.hosts)


@dataclass(frozen=True, slots=True)
class NatAddress:
    """Every NAT descriptor in use; ``compatibility_type`` is the masquerade's kind of working."""

    descriptors: tuple[Descriptor, ...] = ()
    compatibility_type: int | None = None


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """Sessions of one descriptor: now, the table's size, and the most since it was set up."""

    interface: str | None = None
    descriptor: int | None = None
    outer_address: str | None = None
    sessions: int | None = None
    limit: int | None = None
    peak: int | None = None


@dataclass(frozen=True, slots=True)
class NatSessions:
    """One row a descriptor."""

    summaries: tuple[SessionSummary, ...] = ()


_PORTS = re.compile(r".*:\s+(?:\d{1,5}-\d{1,5}, )*\d{1,5}-\d{1,5}(?:\s+\d+ \w+\.)?")
_HOST = re.compile(r"\d+\s+(\S+)\s+(\d{1,9})\s+(\d{1,9})\s+(\S+)$", re.ASCII)

ADDRESS = Grammar(
    labels={
        "NAT/IP masquerade compatibility type": "compatibility_type",
        "NAT/IPマスカレード 動作タイプ": "compatibility_type",
        "Reference Descriptor": "reference",
        "参照NATディスクリプタ": "reference",
        "Outer address": "outer",
        "外側アドレス": "outer",
        "Port range": "ports",
        "ポート範囲": "ports",
    },
    sentences={"Masquerade Table": "masquerade", "Masqueradeテーブル": "masquerade"},
    forms=(
        ("host", re.compile(r"\s*\d{1,5}\s+\d{1,3}\.\d{1,3}\.", re.ASCII)),
        (IGNORED, re.compile(r"\s*-\*-")),
        (IGNORED, re.compile(r"\s*No\.\s")),
    ),
    continuations={
        "ports": re.compile(
            r"\d{0,5}(?:-\d{1,5})?(?:, \d|,?\s*$|\s+\d+ (?:session|used)\.)", re.ASCII
        )
    },
    whole={"host": _HOST, "ports": _PORTS},
)

_NOTE = r"(?:\s+##.*)?$"
"""People who publish a capture annotate it behind two number signs."""

_REFERENCE = re.compile(
    r"(\d{1,10}), (?:Assigned Interface|適用インタフェース) : (\S+?)(?:\(\d+\))?\s*$", re.ASCII
)
_OUTER = re.compile(r"(?:([a-z][\w-]*)/)?(\S+)" + _NOTE, re.ASCII)
_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)
_SESSIONS = re.compile(r"(?:^|\s)(\d{1,9}) (sessions?|used)\.?$", re.ASCII)


def parse(text: str | bytes, command: str) -> tuple[NatAddress, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = ADDRESS.read(text, command)
    kind: int | None = None
    blocks: list[dict[str, Any]] = []
    for key, value, line in reader:
        understood = True
        if key == "compatibility_type":
            kind = values.number(value)
            understood = kind is not None
        elif key == "reference":
            found = _REFERENCE.match(value)
            understood = found is not None
            if found:
                blocks.append({"descriptor": int(found[1]), "interface": found[2]})
        else:
            understood = bool(blocks) and _take(blocks, key, value)
        if not understood:
            reader.reject(line)
    return NatAddress(tuple(_descriptor(block) for block in blocks), kind), reader


def _take(blocks: list[dict[str, Any]], key: str, value: str) -> bool:
    """Put one line into the last block; an outer address more is a block more."""
    block = blocks[-1]
    match key:
        case "masquerade":
            block["type"] = "masquerade"
        case "outer":
            found = _OUTER.match(value)
            if found is None:
                return False
            if "outer_address" in block:
                block = {name: block.get(name) for name in ("descriptor", "interface", "type")}
                blocks.append(block)
            block["outer_source"] = found[1]
            block["outer_address"] = values.present(found[2])
        case "ports":
            sessions = _SESSIONS.search(value)
            if sessions:
                block["sessions"] = int(sessions[1])
                if sessions[2] == "used":
                    block["ports_in_use"] = int(sessions[1])
                value = value[: sessions.start()]
            ranges = _ranges(value.strip())
            block["port_ranges"] = ranges
            block["port_count"] = sum(high - low + 1 for low, high in ranges) or None
            return bool(ranges) or not value.strip()
        case _:
            row = _HOST.fullmatch(value)
            if row is None:
                return False
            block.setdefault("hosts", []).append(Host(row[1], int(row[2]), int(row[3]), row[4]))
    return True


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    """Read the whole list, or nothing: half a list would look like a line with fewer ports."""
    ranges = []
    for item in text.split(","):
        found = _RANGE.fullmatch(item.strip())
        if found is None:
            return ()
        low, high = int(found[1]), int(found[2])
        if not low <= high <= _LAST_PORT:
            return ()
        ranges.append((low, high))
    return tuple(ranges)


def _descriptor(block: dict[str, Any]) -> Descriptor:
    return Descriptor(**block | {"hosts": tuple(block.get("hosts", ()))})


SUMMARY = Grammar(
    labels={"Current/Max": "current", "Peak": "peak"},
    forms=(
        ("row", re.compile(r"\s*\S+\s+\d+\s+\S+\s+\d+\s*/\s*\d", re.ASCII)),
        (IGNORED, re.compile(r".*(?:Current/Max|Peak|ピーク)")),
        (IGNORED, re.compile(r"\s*-{5,}")),
    ),
)

_ROW = re.compile(
    r"\s*(\S+)\s+(\d{1,10})\s+(\S+)\s+(\d{1,9})\s*/\s*(\d{1,9})\s+(\d{1,9})\s*$", re.ASCII
)
_CURRENT = re.compile(r"(\d{1,9})\s*/\s*(\d{1,9})$", re.ASCII)


def parse_sessions(text: str | bytes, command: str) -> tuple[NatSessions, Reader]:
    """Read ``show nat descriptor masquerade session summary``.

    The row (interface, descriptor, outer address, current/max, peak) is the pattern of a published
    program that ran on a device; the two labelled lines are recorded on an RTX830.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = SUMMARY.read(text, command)
    summaries: list[SessionSummary] = []
    labelled: dict[str, int] = {}
    for key, value, line in reader:
        row = _ROW.match(line) if key == "row" else None
        current = _CURRENT.match(value) if key == "current" else None
        if row:
            interface, descriptor, outer, *counts = row.groups()
            summaries.append(SessionSummary(interface, int(descriptor), outer, *map(int, counts)))
        elif current:
            labelled |= {"sessions": int(current[1]), "limit": int(current[2])}
        elif key == "peak" and (peak := values.number(value)) is not None:
            labelled["peak"] = peak
        else:
            reader.reject(line)
    if labelled:
        summaries.append(SessionSummary(**labelled))  # type: ignore[arg-type]
    return NatSessions(tuple(summaries)), reader
