"""One ``ip filter`` or ``ipv6 filter`` line: what it matches, and what it leaves to no other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.family import IPV4, IPV6
from yamaha_ops.config.filters.addresses import Addresses
from yamaha_ops.config.filters.packet import (
    ACK,
    PROTOCOLS,
    RST,
    SYN,
    TCP,
    WITH_PORTS,
    Packet,
)
from yamaha_ops.config.filters.ports import EVERY_PORT, Ranges, cover, parse_ports, within

if TYPE_CHECKING:
    from yamaha_ops.config.setting import Setting

_FIN = 0x01
_FLAGS = {"tcpsyn": SYN, "tcpfin": _FIN, "tcprst": RST, "established": ACK}
_TCPFLAG = re.compile(r"tcpflag(!?)=0x([0-9a-f]{1,4})/0x([0-9a-f]{1,4})")
_ICMP = {IPV4: PROTOCOLS["icmp"], IPV6: PROTOCOLS["icmp6"]}
_ICMP_TYPES = {
    "icmp-error": frozenset({3, 4, 5, 11, 12, 31, 32}),
    "icmp-info": frozenset({0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 30, 33, 34, 35, 36}),
    "icmp-nd": frozenset({133, 134, 135, 136}),
}
_TAIL = ("*", "*", "*", "*", "*")
_ACTIONS = ("pass", "reject", "restrict")


@dataclass(frozen=True, slots=True)
class Rule:
    """A static filter.

    Attributes:
        setting: The line it comes from.
        action: ``pass``, ``reject`` or ``restrict`` (passes while the line is up).
        protocols: As written: names, numbers and special words; ``*`` for all.
        source_ports: For ICMP alone these are types, and ``destination_ports`` codes.
    """

    setting: Setting
    version: int
    action: str
    source: Addresses
    destination: Addresses
    protocols: frozenset[str]
    source_ports: Ranges
    destination_ports: Ranges

    @classmethod
    def of(cls, setting: Setting) -> Rule:
        """Read a filter line; missing fields at its end are ``*`` (REF 8.1.10).

        Raises:
            ParameterError: The action or a port is none the reference knows.
        """
        version = IPV6 if setting.entry.tags["defines"].endswith("6") else IPV4
        action, *fields = setting.values
        action = action.partition("-")[0]
        if action not in _ACTIONS:
            raise ParameterError(f"'{action}' is neither pass, reject nor restrict")
        source, destination, protocols, source_ports, destination_ports = (
            *fields[: len(_TAIL)],
            *_TAIL[len(fields) :],
        )
        names = {_as_name(word, version) for word in protocols.split(",")}
        return cls(
            setting,
            version,
            action,
            Addresses.parse(source, version),
            Addresses.parse(destination, version),
            frozenset(names),
            parse_ports(source_ports),
            parse_ports(destination_ports),
        )

    def matches(self, packet: Packet) -> bool | None:
        """Say whether the filter decides about ``packet``; None when that cannot be known here."""
        answers = (
            self.source.matches(packet.source),
            self.destination.matches(packet.destination),
            self.matches_kind(packet),
        )
        if False in answers:
            return False
        return None if None in answers else True

    def matches_kind(self, packet: Packet) -> bool | None:
        """Say whether protocol and ports fit, whatever the addresses."""
        answers = {self._matches_protocol(word, packet) for word in self.protocols}
        if not answers - {False}:
            return False
        for number, ranges in self._numbers(packet):
            if ranges == EVERY_PORT:
                continue
            if number is None:
                answers = {None}
            elif not within(number, ranges):
                return False
        return True if True in answers else None

    def _numbers(self, packet: Packet) -> list[tuple[int | None, Ranges]]:
        """Pair the numbers of the packet with the fields they are looked up in."""
        if packet.protocol in WITH_PORTS:
            numbers = (packet.source_port, packet.destination_port)
        elif self.protocols == {str(_ICMP[self.version])}:
            numbers = (packet.icmp_type, None)
        else:
            return []
        return list(zip(numbers, (self.source_ports, self.destination_ports), strict=True))

    def _matches_protocol(self, word: str, packet: Packet) -> bool | None:
        if word == "*":
            return True
        if word.isdecimal():
            return int(word) == packet.protocol
        if word in _ICMP_TYPES:
            if packet.protocol != _ICMP[self.version]:
                return False
            return packet.icmp_type in _ICMP_TYPES[word] if packet.icmp_type is not None else None
        return packet.protocol == TCP and _has_flags(word, packet.flags)

    def covers(self, other: Rule) -> bool:
        """Say whether a list that has this filter first never reaches ``other``."""
        return (
            self.source.covers(other.source)
            and self.destination.covers(other.destination)
            and all(self._covers_protocol(word) for word in other.protocols)
            and self._covers_ports(other)
        )

    def _covers_ports(self, other: Rule) -> bool:
        if not (
            cover(self.source_ports, other.source_ports)
            and cover(self.destination_ports, other.destination_ports)
        ):
            return False
        # The two fields mean ports or ICMP types, depending on the protocols beside them.
        any_port = self.source_ports == self.destination_ports == EVERY_PORT
        return any_port or self.protocols == other.protocols

    def _covers_protocol(self, word: str) -> bool:
        if "*" in self.protocols or word in self.protocols:
            return True
        if word in _FLAGS or word.startswith("tcpflag"):
            return str(TCP) in self.protocols
        return word in _ICMP_TYPES and str(_ICMP[self.version]) in self.protocols


def _has_flags(word: str, flags: int) -> bool | None:
    if word in _FLAGS:
        return bool(flags & _FLAGS[word])
    if wanted := _TCPFLAG.fullmatch(word):
        equal = flags & int(wanted[3], 16) == int(wanted[2], 16)
        return equal != bool(wanted[1])
    return None


def _as_name(word: str, version: int) -> str:
    """Return the number of a protocol as text, or the special word as it is."""
    if word == "icmp":
        return str(_ICMP[version])
    if word == "icmp4":
        return str(PROTOCOLS["icmp"])
    return str(PROTOCOLS.get(word, word))
