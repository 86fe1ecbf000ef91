"""Emulated routers in a process of their own, so that only the client's work is measured.

As a program it serves: ``python -m benchmarks._lab COUNT`` prints the ports and runs until its
standard input ends. With ``named``, the consoles are English and have a prompt of their own:
stock netmiko needs that to get to the end of a task.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.inventory import Login, Router, Secret
from yamaha_ops.lab import Lab, LabRouter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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


@dataclass(frozen=True)
class Controlled:
    """Routers in another process, and what can be done to them there."""

    ports: list[int]
    process: subprocess.Popen[str]

    def do(self, number: int, act: str, value: int = 0) -> None:
        """Do one of :data:`ACTS` to a router, and wait until it is done."""
        assert self.process.stdin
        assert self.process.stdout
        print(number, act, value, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "done\n"


ACTS: dict[str, Callable[[LabRouter, int], None]] = {
    "power_cut": lambda router, _: router.power_cut(),
    "power_on": lambda router, _: router.power_on(),
    "cut_after_bytes": lambda router, value: setattr(router.faults, "cut_after_bytes", value),
    "page_every": lambda router, value: setattr(router.faults, "page_every", value or None),
    "refuse": lambda router, value: setattr(router.faults, "refuse_connections", bool(value)),
}


@contextmanager
def emulated(count: int, *options: str) -> Iterator[list[int]]:
    """Serve so many routers from another process; give their ports."""
    with controlled(count, *options) as lab:
        yield lab.ports


@contextmanager
def on_core(place: int) -> Iterator[None]:
    """Keep this process on one processor, where the system can and there is more than one.

    Threads that wake each other across processors cost up to twice as much as on one, and which it
    is would depend on what else the machine is doing.
    """
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[place]})
    yield
    if len(cores) > 1:
        os.sched_setaffinity(0, cores)


@contextmanager
def controlled(count: int, *options: str) -> Iterator[Controlled]:
    """Serve so many routers from another process, on another processor."""
    with _serving(count, *options) as lab, on_core(0):
        yield lab


@contextmanager
def _serving(count: int, *options: str) -> Iterator[Controlled]:
    with subprocess.Popen(  # noqa: S603 -- this very file
        [sys.executable, "-m", "benchmarks._lab", str(count), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as lab:
        assert lab.stdin
        assert lab.stdout
        try:
            yield Controlled([int(port) for port in lab.stdout.readline().split()], lab)
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
    with on_core(-1), Lab() as lab:
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
        for line in sys.stdin:
            number, act, value = line.split()
            ACTS[act](routers[int(number)], int(value))
            print("done", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), named="named" in sys.argv)
