"""The services a line can be, as data: which tunnel, which NAT, since which firmware.

Sources: REF chapters 11, 14, 23 and Yamaha's setting examples; ``sure`` says how well the whole is
known (documented, seen on a router, inferred from the reference).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sure = Literal["documented", "seen", "inferred"]


@dataclass(frozen=True, slots=True)
class Service:
    """One service as the router knows it."""

    title: str
    needs: tuple[str, ...]
    """Features of ``firmware.FEATURES``; each must be there."""
    encapsulation: str | None
    sure: Sure
    map_e_type: str | None = None
    nat_outer: str | None = None


V6PLUS_DEFAULT = "v6plus"
"""What a MAP-E tunnel is without a ``tunnel map-e type`` line (REF 14.14)."""

SERVICES: dict[str, Service] = {
    "v6plus": Service(
        "v6 Plus", ("map-e",), "map-e", "seen", map_e_type=V6PLUS_DEFAULT, nat_outer="map-e"
    ),
}
