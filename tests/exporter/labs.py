"""Emulated routers on MAP-E lines, with an inventory that knows them."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.lab import Lab, LabRouter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

CONFIGURATION = """ip route default gateway tunnel 1
ipv6 prefix 1 ra-prefix@lan2::/64
ip lan1 address 192.168.100.1/24
ipv6 lan1 address ra-prefix@lan2::1/64
ipv6 lan1 rtadv send 1 o_flag=on
ipv6 lan1 dhcp service server
ipv6 lan2 dhcp service client ir=on
tunnel select 1
 tunnel encapsulation map-e
 tunnel map-e type v6plus
 ip tunnel mtu 1460
 ip tunnel nat descriptor 1000
 tunnel enable 1
nat descriptor type 1000 masquerade
nat descriptor address outer 1000 map-e
dhcp service server
dhcp scope 1 192.168.100.2-192.168.100.191/24
dns server dhcp lan2
"""

PASSWORD = "lab-user-password"
ADMINISTRATOR_PASSWORD = "lab-administrator-password"
ENVIRONMENT = {
    "LAB_PASSWORD": PASSWORD,
    "LAB_ADMINISTRATOR_PASSWORD": ADMINISTRATOR_PASSWORD,
    "NO_COLOR": "1",
}
"""What the inventory's references need."""


@dataclass(frozen=True)
class Site:
    """Routers of the lab by name, and the inventory that has them."""

    routers: Mapping[str, LabRouter]
    inventory: Path


@contextmanager
def site(folder: Path, *names: str, silent: str = "") -> Iterator[Site]:
    """Start routers, and write an inventory; a router named `silent` is listed but not there."""
    with Lab() as lab:
        routers = {
            name: lab.start(
                name,
                config=CONFIGURATION,
                password=PASSWORD,
                administrator_password=ADMINISTRATOR_PASSWORD,
            )
            for name in names
        }
        ports = {name: router.port for name, router in routers.items()}
        if silent:
            ports[silent] = 9  # the discard port: nothing listens there
        inventory = folder / "inventory.yaml"
        inventory.write_text(_inventory(ports), encoding="utf-8")
        for router in routers.values():
            wait_until(lambda router=router: router.online)  # type: ignore[misc]
        yield Site(routers, inventory)


def _inventory(ports: Mapping[str, int]) -> str:
    lines = [
        "defaults:",
        "  host: 127.0.0.1",
        "  known_hosts: first-use",
        "  login:",
        "    user: admin",
        "    password: env:LAB_PASSWORD",
        "    administrator_password: env:LAB_ADMINISTRATOR_PASSWORD",
        "routers:",
    ]
    for name, port in ports.items():
        lines += [f"  {name}:", f"    port: {port}", "    labels:", f"      site: {name}"]
    return "\n".join(lines) + "\n"


def wait_until(holds: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait for something that other threads or programs bring about."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)
