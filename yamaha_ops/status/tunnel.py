"""``show status tunnel N`` and ``show status ipip`` (REF 58.41, 58.23).

Nobody has published the sentence of a tunnel that is down, in either language. So a sentence other
than the two recorded ones is unknown, and ``state`` is never ``up`` by guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from datetime import datetime

    from yamaha_ops.status.grammar import Reader

STATES = {
    "Current status is Online.": "up",
    "トンネルインタフェースは接続されています": "up",
}
"""Every recorded state sentence."""

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Counters:
    """Packets and octets since the tunnel came up."""

    packets: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Traffic:
    """Counters of one direction by inner protocol."""

    ipv4: Counters | None = None
    ipv6: Counters | None = None


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One tunnel. ``state`` is up, down or unknown; ``type`` is printed text (IPsec, MAP-E).

    ``started_at`` has no offset: it is the router's local time. An IPIP or MAP-E tunnel that is up
    says nothing about whether its far end answers.
    """

    tunnel: int | None = None
    description: str | None = None
    type: str | None = None
    state: str | None = None
    ipv6_address: str | None = None
    remote_address: str | None = None
    started_at: datetime | None = None
    connected_seconds: int | None = None
    mtu_ipv4_bytes: int | None = None
    mtu_ipv6_bytes: int | None = None
    receive: Traffic | None = None
    transmit: Traffic | None = None
    keepalive_ok: bool | None = None


@dataclass(frozen=True, slots=True)
class Ipip:
    """Every IPIP tunnel."""

    tunnels: tuple[Tunnel, ...] = ()


GRAMMAR = Grammar(
    labels={
        "Description": "description",
        "説明": "description",
        "Interface type": "type",
        "インタフェースの種類": "type",
        "IPv4": "address_or_mtu",
        "IPv6": "address_or_mtu",
        "開始": "started_at",
        "通信時間": "connected",
        "Received": "receive",
        "受信": "receive",
        "Transmitted": "transmit",
        "送信": "transmit",
        "Remote endpoint address": "remote_address",
        "Maximum Transmission Unit(MTU)": IGNORED,
        "Number of IPIP tunnels": IGNORED,
        "IKE keepalive": IGNORED,
        "[Type]": IGNORED,
        "[Status]": "keepalive",
        "[Next send]": IGNORED,
    },
    sentences=dict.fromkeys(STATES, "state"),
    forms=(
        ("head", re.compile(r"TUNNEL\[\d{1,4}\]:\s*$", re.ASCII)),
        ("protocol", re.compile(r"\s*\(IPv[46]\)")),
        ("started_at", re.compile(r"\s*from \d{4}/")),
        (
            "connected",
            re.compile(r"\s*(?:\d+ (?:days?|hours?|minutes?|seconds?)\s+)+connection", re.ASCII),
        ),
        ("state", re.compile(r"\s*Current status is ")),
        ("state", re.compile(r"\s*トンネルインタフェースは")),
        (IGNORED, re.compile(r"-+ IPIP INFORMATION -+")),
    ),
)

_HEAD = re.compile(r"TUNNEL\[(\d{1,4})\]", re.ASCII)
_PROTOCOL = re.compile(r"\(IPv([46])\)\s")
_MTU = re.compile(r"(\d{1,5}) (?:octets?|オクテット)", re.ASCII)


def parse(text: str | bytes, command: str) -> tuple[Tunnel, Reader]:
    """Read the answer about one tunnel; of several, the one asked for, else the first.

    Raises:
        ParseError: The text is no answer to this command.
    """
    tunnels, reader = _read(text, command)
    number = command.rsplit(maxsplit=1)[-1]
    asked = [tunnel for tunnel in tunnels if str(tunnel.tunnel) == number]
    return next(iter(asked or tunnels), Tunnel()), reader


def parse_ipip(text: str | bytes, command: str) -> tuple[Ipip, Reader]:
    """Read the answer about every IPIP tunnel.

    Raises:
        ParseError: The text is no answer to this command.
    """
    tunnels, reader = _read(text, command)
    return Ipip(tuple(tunnels)), reader


class _Builder:
    """Gathers the lines of one tunnel."""

    def __init__(self, tunnel: int | None) -> None:
        self.read: dict[str, object] = {"tunnel": tunnel}
        self.traffic: dict[str, dict[str, Counters]] = {}
        self.direction: str | None = None

    def line(self, key: str, value: str, line: str) -> bool:  # noqa: PLR0911 -- one a kind of line
        """Take one line; False where its value is not understood."""
        match key:
            case "description" | "type" | "remote_address":
                self.read[key] = values.present(value)
                return True
            case "state":
                state = STATES.get(value)
                self.read.setdefault("state", state or UNKNOWN)
                return state is not None
            case "started_at":
                self.read[key] = values.time(value.removeprefix("from "))
                return self.read[key] is not None
            case "connected":
                self.read["connected_seconds"] = values.duration(value)
                return self.read["connected_seconds"] is not None
            case "receive" | "transmit":
                self.direction = key
                return self._count(value)
            case "protocol":
                return self._count(line.strip())
            case "keepalive":
                self.read["keepalive_ok"] = True if value == "OK" else None
                return value == "OK"
            case _:
                return self._address_or_mtu(line.strip()[:4].lower(), value)

    def tunnel(self) -> Tunnel:
        """Return what has been gathered."""
        for direction, protocols in self.traffic.items():
            self.read[direction] = Traffic(**protocols)
        return Tunnel(**self.read)  # type: ignore[arg-type]

    def _count(self, value: str) -> bool:
        """Read ``(IPv4) N packets [M octets]``; the IPv6 line inherits its direction."""
        protocol, counted = _PROTOCOL.match(value), values.traffic(value)
        if protocol is None or counted is None or self.direction is None:
            return False
        self.traffic.setdefault(self.direction, {})[f"ipv{protocol[1]}"] = Counters(*counted)
        return True

    def _address_or_mtu(self, protocol: str, value: str) -> bool:
        """Tell an MTU (``IPv6: 1280 octets``) from a MAP-E tunnel's own ``IPv6: ADDRESS``."""
        mtu = _MTU.fullmatch(value)
        if mtu:
            self.read[f"mtu_{protocol}_bytes"] = int(mtu[1])
        elif protocol == "ipv6" and ":" in value and " " not in value:
            self.read["ipv6_address"] = value
        else:
            return False
        return True


def _read(text: str | bytes, command: str) -> tuple[list[Tunnel], Reader]:
    reader = GRAMMAR.read(text, command)
    builders: list[_Builder] = []
    for key, value, line in reader:
        if key == "head":
            found = _HEAD.match(value)
            builders.append(_Builder(int(found[1]) if found else None))
            continue
        if not builders:
            # A capture that lost its head is still about one tunnel, though not known which.
            builders.append(_Builder(None))
        if not builders[-1].line(key, value, line):
            reader.reject(line)
    return [builder.tunnel() for builder in builders], reader
