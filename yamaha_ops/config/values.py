"""The one spelling of a value: masks, addresses, schedule times."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_COLONS = 7
"""In an IPv6 address that is written out; a MAC address has fewer."""
_SCHEDULE_FIELDS = 3
_OCTET = 2
"""Digits of an octet in hexadecimal."""


def _prefix_masks() -> dict[str, int]:
    """Return both ways to write a mask (REF 8.1.10), and how many bits it sets."""
    masks = {bits: (0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF for bits in range(33)}
    dotted = {str(IPv4Address(mask)): bits for bits, mask in masks.items()}
    return dotted | {f"0x{mask:08x}": bits for bits, mask in masks.items()}


_MASKS = _prefix_masks()


def spell_all(words: list[str]) -> list[str]:
    """Return the one spelling of each word; most are numbers, which have only one."""
    return [word if word.isdecimal() and word[0] != "0" else spell(word) for word in words]


@lru_cache(maxsize=1 << 14)
def spell(word: str) -> str:
    """Return ``word`` in lower case, with masks as bit counts and IPv6 addresses shortened.

    RFC 5952 says how to write an IPv6 address. Other words are only lower-cased.
    """
    if word.isdecimal():
        # Two digits may be an octet of a client identifier, `01 ac 44 00` (REF 12.1.5).
        return word if word[0] != "0" or len(word) == _OCTET else word.lstrip("0") or "0"
    word = word.lower()
    if ":" in word and ("::" in word or word.count(":") == _COLONS):
        return _spell_ipv6(word)
    address, slash, mask = word.rpartition("/")
    if slash and mask in _MASKS and address[-1:].isdecimal():
        return f"{address}/{_MASKS[mask]}"
    return word


def _spell_ipv6(word: str) -> str:
    address, slash, length = word.partition("/")
    try:
        return f"{IPv6Address(address).compressed}{slash}{length}"
    except AddressValueError:
        return word


def spell_schedule(values: list[str]) -> list[str]:
    """Return the values of ``schedule at ID`` with the date written out and the time in full.

    ``0:00 * restart`` becomes ``*/* 00:00:00 * restart``, as RTX830 Rev.15.02.31 rewrites it.
    """
    if not values or ":" not in "".join(values[:2]) or values[0].startswith("+"):
        return values
    date, rest = ("*/*", values) if ":" in values[0] else (values[0], values[1:])
    fields = [f"{part:0>2}" if part.isdecimal() else part for part in rest[0].split(":")]
    fields += ["00"] * (_SCHEDULE_FIELDS - len(fields))
    return [date, ":".join(fields), *rest[1:]]
