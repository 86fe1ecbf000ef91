"""``show status lanN``: link, ports and counters of an Ethernet interface (REF 58.2).

Japanese labels are recorded on an RTX830 and an RTX1210. No English recording exists: those labels
come from the patterns of published programs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.status.fields import count, gather, traffic, word
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.status.fields import Fields
    from yamaha_ops.status.grammar import Line, Reader


@dataclass(frozen=True, slots=True)
class Port:
    """One port of a switching hub; speed and duplex only while its link is up."""

    port: int
    link_up: bool | None = None
    speed_bps: int | None = None
    full_duplex: bool | None = None


@dataclass(frozen=True, slots=True)
class ProtocolPackets:
    """Packets of one protocol; ``transmit_fast`` is the part that took the fast path."""

    receive: int | None = None
    transmit: int | None = None
    transmit_fast: int | None = None


@dataclass(frozen=True, slots=True)
class Lan:
    """One LAN interface. Counters are 64-bit, verbatim, since the last start or ``clear status``.

    ``receive_overflows`` and ``receive_unsupported`` exist only where the router prints them.
    IPv4 and IPv6 packets need not add up to all packets.
    """

    interface: str | None = None
    description: str | None = None
    mac_address: str | None = None
    addresses: tuple[str, ...] = ()
    mtu_bytes: int | None = None
    link_up: bool | None = None
    speed_bps: int | None = None
    full_duplex: bool | None = None
    ports: tuple[Port, ...] = ()
    transmit_packets: int | None = None
    transmit_bytes: int | None = None
    receive_packets: int | None = None
    receive_bytes: int | None = None
    receive_overflows: int | None = None
    receive_unsupported: int | None = None
    ipv4_packets: ProtocolPackets | None = None
    ipv6_packets: ProtocolPackets | None = None


GRAMMAR = Grammar(
    labels={
        "説明": "description",
        "Description": "description",
        "IPアドレス": "address",
        "IP Address": "address",
        "イーサネットアドレス": "mac_address",
        "Ethernet Address": "mac_address",
        "動作モード設定": "mode",
        "Operation mode setting": "mode",
        "最大パケット長(MTU)": "mtu",
        "Maximum Transmission Unit(MTU)": "mtu",
        "プロミスキャスモード": IGNORED,
        "Promiscuous mode": IGNORED,
        "送信パケット": "transmit",
        "Transmitted": "transmit",
        "受信パケット": "receive",
        "Received": "receive",
        "受信オーバーフロー": "receive_overflows",
        "未サポートパケットの受信": "receive_unsupported",
    },
    forms=(
        ("interface", re.compile(r"(?:LAN|WAN|ONU|BRIDGE|VLAN)\d[\d./]*:?\s*$", re.ASCII)),
        ("port", re.compile(r"\s*PORT\d{1,2}\s*:(?:\s|$)", re.ASCII)),
        ("protocol", re.compile(r"\s*IPv[46](?:\([^)]*\))?:\s")),
    ),
)

_MEDIA = re.compile(r"\((\d{1,4}(?:\.\d)?)(G?)BASE-\S+\s+(Full|Half) Duplex\)\s*$", re.ASCII)
_DOWN = re.compile(r"\(Link Down\)\s*$")
_PORT = re.compile(r"\s*PORT(\d{1,2})\s*:\s*(.*)", re.ASCII)
_PROTOCOL = re.compile(
    r"\s*IPv([46])(?:\([^)]*\))?:\s+(\d{1,20}) (?:packets?|パケット)"
    r"(?:\s*/\s*(\d{1,20}) (?:packets?|パケット))?"
)


def parse(text: str | bytes, command: str) -> tuple[Lan, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    parts = _Parts()
    read = gather(reader, parts.take(reader), _READERS)
    return Lan(**read, **parts.fields()), reader


class _Parts:
    """The lines that may come more than once, or that mean something only below another line."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.ports: list[Port] = []
        self.protocols: dict[str, dict[str, int]] = {}

    def take(self, reader: Reader) -> Iterator[Line]:
        """Keep those lines and pass the others on."""
        direction: str | None = None
        for key, value, line in reader:
            if key == "address":
                self.addresses += value.split()[:1]
            elif key == "port":
                if not self._port(line):
                    reader.reject(line)
            elif key == "protocol":
                if not self._protocol(line, direction):
                    reader.reject(line)
            else:
                direction = key if key in {"transmit", "receive"} else None
                yield key, value, line

    def fields(self) -> dict[str, Any]:
        """Return what was kept as fields of the record."""
        return {
            "addresses": tuple(self.addresses),
            "ports": tuple(self.ports),
            **{
                f"ipv{version}_packets": ProtocolPackets(**counts)
                for version, counts in self.protocols.items()
            },
        }

    def _port(self, line: str) -> bool:
        found = _PORT.match(line)
        link = _link(found[2]) if found else None
        if found is None or link is None:
            return False
        self.ports.append(Port(int(found[1]), **link))
        return True

    def _protocol(self, line: str, direction: str | None) -> bool:
        """Read a sub-line of the packet counts; transmit ones hold a second, fast-path number."""
        found = _PROTOCOL.match(line)
        if found is None or direction is None:
            return False
        counts = self.protocols.setdefault(found[1], {})
        counts[direction] = int(found[2])
        if direction == "transmit" and found[3]:
            counts["transmit_fast"] = int(found[3])
        return True


def _link(mode: str) -> Fields:
    """Read the parenthesis behind the mode; None where it is not one of the known two kinds."""
    if _DOWN.search(mode):
        return {"link_up": False}
    media = _MEDIA.search(mode)
    if media is None:
        return None
    speed = float(media[1]) * (1e9 if media[2] else 1e6)
    return {"link_up": True, "speed_bps": round(speed), "full_duplex": media[3] == "Full"}


_READERS = {
    "interface": lambda value, _line: {"interface": value.removesuffix(":")},
    "description": word("description"),
    "mac_address": word("mac_address"),
    "mode": lambda value, _line: _link(value) if value else {},
    "mtu": count("mtu_bytes"),
    "transmit": traffic("transmit"),
    "receive": traffic("receive"),
    "receive_overflows": count("receive_overflows"),
    "receive_unsupported": count("receive_unsupported"),
}
