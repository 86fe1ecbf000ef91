"""Taking out of a transcript what is nobody's business, so that it still reads the same.

One thing is one stand-in throughout, so what belonged together still does: a host's lease and its
ARP entry, a prefix and its addresses. Stand-ins are of the ranges kept for documentation (RFC 5737,
RFC 3849) and of locally administered MAC addresses.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from yamaha_ops.config import mask

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_MAC = re.compile(
    r"(?<![\w:.-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:])"
)
_CLIENT_ID = re.compile(r"(?<=\(01\) )[0-9A-Fa-f]{2}(?: [0-9A-Fa-f]{2}){5}\b")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(?![\w:])")
_IPV4 = re.compile(r"(?<![\w.:])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])")
_SERIAL = re.compile(r"(?<=serial=)\w+")
_NAMED = re.compile(
    r"(?P<label>(?:Host Name|ホスト名|オペレーター ?ID|ホストアドレス|"
    r"Access Concentrator|接続相手|Description|説明)[ \t]*:[ \t]*)(?P<value>\S.*?)(?P<end>[ \t]*)$",
    re.MULTILINE,
)
_USER = re.compile(r"(?m)(?<= for )(\w+: \S+) (\S+)$")
"""``Login succeeded for SSH: 192.0.2.1 NAME`` in the log."""

_LEASE_NAME = re.compile(r"(?m)(?<=[0-9A-Fa-f]{2}, )\S+$")

_DOCUMENTATION = (0xC0000200, 0xC6336400, 0xCB007100)
"""192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 (RFC 5737)."""

_HOSTS = 254
_LOW = (1 << 64) - 1


class Masker:
    """Remembers every stand-in it gave; use one for a whole transcript."""

    def __init__(self) -> None:
        self._given: dict[str, dict[Hashable, int]] = {}

    def __call__(self, command: str, text: str) -> str:
        """Return an answer without addresses, names, serial numbers and secrets."""
        if command.startswith(("show config", "less config")):
            text = "\n".join(map(mask, text.split("\n")))
        for pattern, stand_in in self._rules():
            text = pattern.sub(stand_in, text)
        return text

    def _rules(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
        # MAC addresses first: six groups of hexadecimal digits are nearly an IPv6 address.
        return (
            (_NAMED, self._name),
            (_LEASE_NAME, lambda found: f"name{self._number('name', found[0])}"),
            (_USER, lambda found: f"{found[1]} user{self._number('user', found[2])}"),
            (_SERIAL, lambda found: found[0][:3] + "0" * (len(found[0]) - 3)),
            (_CLIENT_ID, lambda found: self._mac(found[0], " ")),
            (_MAC, lambda found: self._mac(found[0], found[1])),
            (_IPV6, self._ipv6),
            (_IPV4, self._ipv4),
        )

    def _number(self, kind: str, thing: Hashable) -> int:
        """Count things of a kind from 1, the same thing always alike."""
        known = self._given.setdefault(kind, {})
        return known.setdefault(thing, len(known) + 1)

    def _name(self, found: re.Match[str]) -> str:
        return f"{found['label']}name{self._number('name', found['value'])}{found['end']}"

    def _mac(self, text: str, separator: str) -> str:
        number = self._number("mac", text.lower().replace(separator, ""))
        masked = separator.join(f"{byte:02x}" for byte in b"\x02" + number.to_bytes(5))
        return masked.upper() if text.upper() == text != text.lower() else masked

    def _ipv4(self, found: re.Match[str]) -> str:
        try:
            address = IPv4Address(found[0])
        except AddressValueError:
            return found[0]
        value = int(address)
        if value >> 24 in {0, 127, 255} or address.is_multicast or _is_netmask(value):
            return found[0]
        if address.is_private and not address.is_link_local:
            # The network moves, the host part stays: a gateway remains .1 or .254.
            network = self._number("network", value >> 8)
            return f"192.168.{network % 256}.{value & 255}"
        number = self._number("ipv4", value) - 1
        block = _DOCUMENTATION[number // _HOSTS % len(_DOCUMENTATION)]
        return str(IPv4Address(block + number % _HOSTS + 1))

    def _ipv6(self, found: re.Match[str]) -> str:
        try:
            address = IPv6Address(found[0])
        except AddressValueError:
            return found[0]
        value = int(address)
        if value < 1 << 64 or address.is_multicast:
            return found[0]
        host = value & _LOW
        suffix = self._number("interface-id", host) if host > _HOSTS else host
        if address.is_link_local:
            return str(IPv6Address((0xFE80 << 112) + suffix))
        prefix = 0x20010DB8 << 96 | self._number("prefix", value >> 64) << 64
        return str(IPv6Address(prefix + suffix))


def _is_netmask(value: int) -> bool:
    """Whether ones only are followed by zeros only."""
    inverse = ~value & 0xFFFFFFFF
    return value >> 24 == 255 and inverse & (inverse + 1) == 0  # noqa: PLR2004 -- a byte of ones
