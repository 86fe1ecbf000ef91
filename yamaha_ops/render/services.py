"""The services a line can be, as data: which tunnel, which NAT, since which firmware.

Sources: REF chapters 11, 14, 23 and Yamaha's setting examples; docs/services.md has the table with
how well each is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Sure = Literal["documented", "seen", "inferred"]
"""By Yamaha as a whole; running on a router as a whole; put together from documented lines."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service as the router knows it."""

    title: str
    sure: Sure
    needs: tuple[str, ...] = ()
    """Features of ``firmware.FEATURES``; each must be there."""
    encapsulation: str | None = None
    map_e_type: str | None = None
    nat: Literal["map-e", "hb46pp", "fixed", "shared"] | None = None
    """Where the outer address comes from: the tunnel itself, the contract, the mathematics."""
    endpoint: str | None = None
    """The provider's end, where it is the same for everybody."""
    notifier: str | None = None
    """The Lua script that tells the provider where the router is."""
    clamps: bool = False
    """Whether the examples state ``ip tunnel tcp mss limit auto``."""


V6PLUS = "v6plus"
"""What a MAP-E tunnel is without a ``tunnel map-e type`` line (REF 14.14)."""

SERVICES: dict[str, Service] = {
    "v6plus": Service("v6 Plus", "seen", ("map-e",), "map-e", map_e_type=V6PLUS, nat="map-e"),
    "ocn": Service(
        "OCN Virtual Connect",
        "seen",
        ("map-e type", "64 port ranges"),
        "map-e",
        map_e_type="ocn",
        nat="map-e",
    ),
    "biglobe": Service(
        "BIGLOBE IPv6 option",
        "inferred",
        ("map-e type ipv6option",),
        "map-e",
        map_e_type="ipv6option",
        nat="map-e",
    ),
    "hb46pp": Service("HB46PP provisioning", "inferred", ("hb46pp",), "hb46pp", nat="hb46pp"),
    "nuro": Service(
        "NURO", "inferred", ("ipip", "16 port ranges"), "ipip", nat="shared", clamps=True
    ),
    "map-e": Service(
        "MAP-E by an own rule",
        "inferred",
        ("ipip", "16 port ranges"),
        "ipip",
        nat="shared",
        clamps=True,
    ),
    "v6plus-fixed": Service(
        "v6 Plus fixed IP",
        "seen",
        ("ipip", "embedded file"),
        "ipip",
        nat="fixed",
        notifier="v6plus-notify.lua",
        clamps=True,
    ),
    "transix": Service(
        "transix", "documented", ("ipip",), "ipip", endpoint="gw.transix.jp", clamps=True
    ),
    "transix-fixed": Service(
        "transix fixed IP", "inferred", ("ipip",), "ipip", nat="fixed", clamps=True
    ),
    "xpass": Service("Xpass", "seen", ("ipip",), "ipip", endpoint="dgw.xpass.jp", clamps=True),
    "v6connect": Service(
        "v6 connect (DS-Lite)",
        "seen",
        ("ipip",),
        "ipip",
        endpoint="dslite.v6connect.net",
        clamps=True,
    ),
    "ds-lite": Service("DS-Lite", "documented", ("ipip",), "ipip", clamps=True),
    "pppoe": Service("PPPoE", "seen", ("pppoe",)),
    "ipv6": Service("IPv6 only", "documented"),
}


def caveat(name: str) -> str | None:
    """Return a warning for a service that nobody is known to run as it is rendered here."""
    service = SERVICES[name]
    if service.sure != "inferred":
        return None
    return (
        f"{service.title}: each line is documented, the whole is not known to run anywhere; "
        "watch the first apply, and report how it went"
    )
