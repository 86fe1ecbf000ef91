"""Which of several exporters asks which routers.

Two ways. :func:`hashmod` is what Prometheus's ``hashmod`` relabelling works out, so Prometheus can
send each exporter its own routers and the exporter can refuse the rest; another number of exporters
moves nearly every router. :func:`owner` moves only the routers of the exporter that came or went.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NUMBERED = re.compile(r"(\d+)/(\d+)")


def mine(shard: str) -> Callable[[str], bool]:
    """Return what tells whether a router belongs to a shard.

    Args:
        shard: ``0/3`` is the first of three by :func:`hashmod`; ``a/a,b,c`` is that of exporter
            ``a`` among ``a``, ``b`` and ``c`` by :func:`owner`.

    Raises:
        InputError: It is neither.
    """
    if match := _NUMBERED.fullmatch(shard):
        number, modulus = int(match[1]), int(match[2])
        if number < modulus:
            return lambda name: hashmod(name, modulus) == number
    me, _, told = shard.partition("/")
    exporters = told.split(",")
    if not match and me in exporters and all(exporters):
        return lambda name: owner(name, exporters) == me
    raise InputError(
        f"{shard!r} is no shard",
        hint="Say 0/3 for the first of three, or a/a,b,c for exporter a of a, b and c.",
    )


def hashmod(name: str, modulus: int) -> int:
    """Return the shard of a router, as Prometheus does it (model/relabel: MD5, last 8 bytes)."""
    digest = hashlib.md5(name.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "big") % modulus


def owner(name: str, exporters: Sequence[str]) -> str:
    """Return which exporter asks a router: the one with the highest hash of both names.

    Args:
        name: The router's.
        exporters: Names of all exporters, in any order; the same names give the same answer.

    Raises:
        ValueError: There is no exporter.
    """
    return max(exporters, key=lambda exporter: (_weight(exporter, name), exporter))


def _weight(exporter: str, name: str) -> bytes:
    return hashlib.blake2b(f"{exporter}\0{name}".encode(), digest_size=8).digest()
