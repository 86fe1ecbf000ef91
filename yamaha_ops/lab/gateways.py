"""Security gateways: ``ipsec ike`` lines are global, though they print inside a tunnel's block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from yamaha_ops.lab.view import View, Words

INTERVAL: Final = 10
"""Seconds between keepalives (REF 15.20)."""


@dataclass(frozen=True, slots=True)
class Keepalive:
    """What ``ipsec ike keepalive use N on`` asks for."""

    kind: str
    interval: int


def gateway(view: View, tunnel: int) -> str:
    """Return the security gateway of a tunnel's policy (``ipsec sa policy P G ...``)."""
    policy = view.value("ipsec", "tunnel", default="", context=f"tunnel{tunnel}")
    found = _after(view, tunnel, "ipsec", "sa", "policy", policy)
    return found[0] if found else str(tunnel)


def remote_address(view: View, tunnel: int) -> str:
    """Return the far end of a tunnel, or nothing."""
    found = _after(view, tunnel, "ipsec", "ike", "remote", "address", gateway(view, tunnel))
    return found[0] if found else ""


def keepalive(view: View, tunnel: int) -> Keepalive | None:
    """Return the keepalive of a tunnel where it is switched on."""
    found = _after(view, tunnel, "ipsec", "ike", "keepalive", "use", gateway(view, tunnel))
    if found[:1] != ("on",):
        return None
    plain = [word for word in found[1:] if "=" not in word]
    kind = plain[0] if plain else "heartbeat"
    numbers = [int(word) for word in plain[1:] if word.isdigit()]
    return Keepalive(kind, numbers[0] if numbers else INTERVAL)


def _after(view: View, tunnel: int, *words: str) -> Words:
    """Return what follows a global line, which may stand in a tunnel's block or outside."""
    return view.first(*words, context=f"tunnel{tunnel}") or view.first(*words) or ()
