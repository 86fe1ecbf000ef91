"""Prefixes that people ask about and that have no MAP-E rule: whose they are, as far as known."""

from __future__ import annotations

from functools import cache

from yamaha_ops.mape.address import IPV6_BITS, read_ipv6_prefix

BLOCKS = (
    ("2409:10::/30", "transix (DS-Lite), not MAP-E"),
    ("2409:250::/30", "transix (DS-Lite), not MAP-E"),
    ("2001:f70::/29", "Xpass (DS-Lite), not MAP-E"),
    ("2405:6580::/29", "v6 connect (DS-Lite or IPIP), not MAP-E"),
    ("2400:2410::/30", "SoftBank, not MAP-E"),
    ("2408::/22", "the closed network of NTT East, not the Internet"),
    ("2001:a000::/21", "the closed network of NTT West, not the Internet"),
    ("2400:4050::/30", "in OCN's range, but OCN has no rule for it"),
    ("2400:4150::/30", "in OCN's range, but OCN has no rule for it"),
    ("240d:f::/32", "in NURO's range, but no rule for it is known"),
    ("fe80::/10", "a link-local address; take the global one"),
    ("fc00::/7", "a private (unique local) address; take the global one"),
)
"""Prefix and what to say of it. The blocks are disjoint; rules are looked up before them."""


@cache
def _blocks() -> tuple[tuple[int, int, str], ...]:
    found = []
    for prefix, whose in BLOCKS:
        value, length = read_ipv6_prefix(prefix)
        shift = IPV6_BITS - (length or 0)
        found.append((value >> shift, shift, whose))
    return tuple(found)


def whose_block(value: int) -> str | None:
    """Return what is known of an address that no rule covers, or ``None``."""
    return next((whose for key, shift, whose in _blocks() if value >> shift == key), None)
