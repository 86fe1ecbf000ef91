"""Which of several exporters asks which routers.

Two ways. :func:`hashmod` is what Prometheus's ``hashmod`` relabelling works out, so Prometheus can
send each exporter its own routers and the exporter can refuse the rest; another number of exporters
moves nearly every router. :func:`owner` moves only the routers of the exporter that came or went.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


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
