"""Addresses as integers, and back: the only place that reads or writes address text.

``socket`` does the reading because it is an order of magnitude faster than :mod:`ipaddress` and
accepts the same forms; writing is done here because ``inet_ntop`` differs between platforms
(RFC 5952 is one form, some libraries print embedded IPv4 or shorten a single zero group).
"""

from __future__ import annotations

from socket import AF_INET, AF_INET6, inet_pton

from yamaha_ops.errors import MapeError

IPV6_BITS = 128
IPV4_BITS = 32
NETWORK_BITS = 64
"""The upper half of an IPv6 address: rule, EA bits and subnet all lie in it."""

_LENGTHS = {str(length): length for length in range(IPV6_BITS + 1)}
"""Prefix lengths by text: refuses signs, spaces, leading zeros and digits of other scripts."""

_SHOWN = 60
"""How much of somebody's junk an error message repeats."""


def quoted(text: str) -> str:
    """Return ``text`` fit for an error message: printable, quoted if odd, and not too long."""
    short = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return short if short.isascii() and short.isprintable() and short.strip() else repr(short)


def read_ipv6(text: str) -> int:
    """Return the value of an IPv6 address.

    Raises:
        MapeError: ``text`` is not an IPv6 address.
    """
    try:
        return int.from_bytes(inet_pton(AF_INET6, text), "big")
    except (OSError, ValueError):
        raise MapeError(_not_ipv6(text)) from None


def read_ipv6_prefix(text: str) -> tuple[int, int | None]:
    """Return the value and the length of an IPv6 prefix; the length of a bare address is ``None``.

    Bits behind the length are left as they are.

    Raises:
        MapeError: ``text`` is neither an IPv6 address nor a prefix.
    """
    address, slash, length = text.partition("/")
    try:
        value = int.from_bytes(inet_pton(AF_INET6, address), "big")
    except (OSError, ValueError):
        raise MapeError(_not_ipv6(text)) from None
    if not slash:
        return value, None
    if length not in _LENGTHS:
        raise MapeError(f"{quoted(text)} has no prefix length in 0..128 behind the slash")
    return value, _LENGTHS[length]


def _not_ipv6(text: str) -> str:
    try:
        read_ipv4(text.partition("/")[0])
    except MapeError:
        return (
            f"{quoted(text)} is not an IPv6 address or prefix; "
            "write it like 240b:10:0:3100::/64 or 240b:10:0:3100::1"
        )
    return (
        f"{quoted(text)} is IPv4; the IPv6 prefix of the line is needed here "
        "(`mape owner` goes from an IPv4 address and port to the prefix)"
    )


def read_ipv4(text: str) -> int:
    """Return the value of a dotted IPv4 address.

    Raises:
        MapeError: ``text`` is not an IPv4 address.
    """
    try:
        return int.from_bytes(inet_pton(AF_INET, text), "big")
    except (OSError, ValueError):
        raise MapeError(
            f"{quoted(text)} is not an IPv4 address; write it like 106.72.0.0"
        ) from None


def read_ipv4_prefix(text: str) -> tuple[int, int]:
    """Return the value and the length of an IPv4 prefix; a bare address is a /32.

    Raises:
        MapeError: ``text`` is neither an IPv4 address nor a prefix.
    """
    address, slash, length = text.partition("/")
    value = read_ipv4(address)
    bits = _LENGTHS.get(length, IPV6_BITS) if slash else IPV4_BITS
    if bits > IPV4_BITS:
        raise MapeError(f"{quoted(text)} has no prefix length in 0..32 behind the slash")
    return value, bits


def ipv6_text(value: int) -> str:
    """Return the RFC 5952 text of an IPv6 address."""
    text = _groups(value >> NETWORK_BITS) + _groups(value & 0xFFFF_FFFF_FFFF_FFFF)
    return _shortened(text) if ":0:0" in text else text[1:]


def network_text(network: int) -> str:
    """Return the RFC 5952 text of an address whose lower 64 bits are zero.

    Those four groups and the zero groups in front of them are always the longest run.
    """
    text = _groups(network)
    while text.endswith(":0"):
        text = text[:-2]
    return f"{text[1:]}::"


def _groups(half: int) -> str:
    # The percent form is measurably faster than an f-string here, and this is the hot path.
    return ":%x:%x:%x:%x" % (half >> 48, half >> 32 & 0xFFFF, half >> 16 & 0xFFFF, half & 0xFFFF)  # noqa: UP031 -- speed, see above


def _shortened(text: str) -> str:
    """Put ``::`` in place of the longest run of zero groups, the first of equals (RFC 5952 4.2)."""
    for groups in range(8, 1, -1):
        head, run, tail = text.partition(":0" * groups)
        if run:
            return f"{head[1:]}::{tail[1:]}"
    return text[1:]


def ipv4_text(value: int) -> str:
    """Return the dotted text of an IPv4 address."""
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def prefix_mask(length: int, bits: int) -> int:
    """Return the mask of a prefix: ``length`` ones in front of zeros, ``bits`` in all."""
    return (1 << bits) - (1 << bits - length)
