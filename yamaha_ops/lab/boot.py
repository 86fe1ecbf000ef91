"""What a router writes into its log while it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.lan import leases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.hardware import Hardware
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    recorded(
        "`Restart by restart command`, `... starts`, `main: ...`, links, leases in the log",
        "RTX1300/show_log",
    ),
    recorded("`Power-on boot` after a power cut", "published logs"),
    assumed("Links and leases are there at once", "a real start takes its seconds"),
)


def starting(hardware: Hardware, cause: str) -> Iterator[str]:
    """Yield the first lines: why it starts, and what it is."""
    macs = " ".join(f"MAC-Address={mac}" for mac in hardware.mac_addresses)
    yield cause
    yield f"{hardware.firmware} starts"
    yield f"main:  {hardware.model} ver=00 serial={hardware.serial} {macs}"


def started(router: EmulatedRouter) -> Iterator[str]:
    """Yield what comes once the configuration is in force: links and leases."""
    for port in router.world.ports:
        yield f"LAN1: PORT{port} link up (1000BASE-T Full Duplex)"
    if router.world.ports:
        yield "LAN1: link up"
    if router.world.offer.prefix is not None:
        yield "LAN2: link up"
    for lease in leases(router):
        where = f"LAN1(port{lease.host.port})"
        yield f"[DHCPD] {where} Allocates {lease.address}: {lease.host.mac_address}"
