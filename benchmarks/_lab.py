"""Emulated routers in a process of their own, so that only the client's work is measured.

As a program it serves: ``python -m benchmarks._lab COUNT`` prints the ports and runs until its
standard input ends. With ``named``, the consoles are English and have a prompt of their own:
stock netmiko needs that to get to the end of a task.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from yamaha_ops.inventory import Login, Router, Secret
from yamaha_ops.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "benchmark"  # noqa: S105 -- of an emulated router on loopback
CONFIGURATION = """ip route default gateway tunnel 1
ipv6 prefix 1 ra-prefix@lan2::/64
ip lan1 address 192.168.100.1/24
ipv6 lan1 address ra-prefix@lan2::1/64
ipv6 lan2 dhcp service client ir=on
tunnel select 1
 tunnel encapsulation map-e
 tunnel map-e type v6plus
 ip tunnel nat descriptor 1000
 tunnel enable 1
nat descriptor type 1000 masquerade
nat descriptor address outer 1000 map-e
dhcp service server
dhcp scope 1 192.168.100.2-192.168.100.191/24
"""
NAMED = "console prompt RTX830\nconsole character en.ascii\n"


@contextmanager
def emulated(count: int, *options: str) -> Iterator[list[int]]:
    """Serve so many routers from another process; give their ports."""
    with subprocess.Popen(  # noqa: S603 -- this very file
        [sys.executable, "-m", "benchmarks._lab", str(count), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as lab:
        assert lab.stdin
        assert lab.stdout
        try:
            yield [int(port) for port in lab.stdout.readline().split()]
        finally:
            lab.stdin.close()


def entry(port: int, folder: Path) -> Router:
    """Return the inventory entry of the router on a port; its password is kept in a folder."""
    file = folder / "password"
    if not file.exists():
        file.write_text(PASSWORD, encoding="ascii")
    secret = Secret("file:password", folder)
    return Router(
        name=f"router{port}",
        host="127.0.0.1",
        port=port,
        login=Login(user="admin", password=secret, administrator_password=secret),
        known_hosts="first-use",
    )


def main(count: int, *, named: bool) -> None:
    configuration = CONFIGURATION + NAMED if named else CONFIGURATION
    with Lab() as lab:
        routers = [
            lab.start(
                f"router{number}",
                config=configuration,
                password=PASSWORD,
                administrator_password=PASSWORD,
            )
            for number in range(count)
        ]
        for router in routers:
            while not router.online:
                time.sleep(0.02)
        print(*(router.port for router in routers), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), named="named" in sys.argv)
