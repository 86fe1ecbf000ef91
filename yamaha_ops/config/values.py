"""The one spelling of a value: masks, addresses, schedule times."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address

_MASKED = re.compile(r"(.*\d\.\d+\.\d+\.\d+)/(\d+\.\d+\.\d+\.\d+|0x[0-9a-f]{8})$")
_IPV4_BITS = 32
_SCHEDULE_FIELDS = 3


@lru_cache(maxsize=1 << 16)
def spell(word: str) -> str:
    """Return ``word`` in lower case, with masks as bit counts and IPv6 addresses shortened.

    REF 8.1.10 and others accept ``A.B.C.D`` and ``0x...`` for a mask; RFC 5952 says how to write
    an IPv6 address. Words that are neither are only lower-cased.
    """
    if word.isdecimal():
        return word.lstrip("0") or "0"
    word = word.lower()
    if masked := _MASKED.match(word):
        bits = _mask_bits(masked[2])
        return word if bits is None else f"{masked[1]}/{bits}"
    if word.count(":") > 1:
        address, slash, length = word.partition("/")
        try:
            return f"{IPv6Address(address).compressed}{slash}{length}"
        except AddressValueError:
            return word
    return word


def _mask_bits(text: str) -> int | None:
    """Return how many leading bits a mask sets, or None when it is not a prefix mask."""
    try:
        mask = int(text, 16) if text.startswith("0x") else int(IPv4Address(text))
    except AddressValueError:
        return None
    bits = mask.bit_count()
    prefix = ((1 << bits) - 1) << (_IPV4_BITS - bits)
    return bits if mask == prefix else None


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
