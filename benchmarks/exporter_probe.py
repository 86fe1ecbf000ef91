"""A warm probe's client CPU, against the same commands over a bare paramiko channel.

The router is the lab's, in a process of its own, so that only the client's work counts. A probe is
everything the exporter does for one scrape: ask, read, judge, write the metrics. The bare channel
sends each command and reads until the prompt is back; it checks nothing.

    python benchmarks/exporter_probe.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import paramiko

from yamaha_ops.cli.scrape import settings_for
from yamaha_ops.exporter import page
from yamaha_ops.exporter.target import Target
from yamaha_ops.health import STANDARD
from yamaha_ops.inventory import load
from yamaha_ops.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable

BOUND = 1.5
ROUNDS = 15
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


def _serve() -> None:
    with Lab() as lab:
        router = lab.start("tokyo", config=CONFIGURATION, password=PASSWORD)
        while not router.online:
            time.sleep(0.05)
        print(router.port, flush=True)
        sys.stdin.read()


def _bare(port: int, commands: list[str]) -> Callable[[], None]:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    client.connect(
        "127.0.0.1", port, "admin", PASSWORD, look_for_keys=False, allow_agent=False, timeout=10
    )
    channel = client.invoke_shell()

    def until_prompt() -> None:
        seen = b""
        while not seen.endswith(b"\n> "):
            seen += channel.recv(65536)
            if seen.endswith("---つづく---".encode("cp932")):
                channel.send(b" ")

    seen = b""
    while not seen.endswith(b"> "):
        seen += channel.recv(65536)

    def work() -> None:
        for command in commands:
            channel.send(command.encode() + b"\r")
            until_prompt()

    return work


def _cpu(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> int:
    """Print the figures; 1 where the bound is missed."""
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(  # noqa: S603 -- this very file
            [sys.executable, __file__, "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as lab,
    ):
        assert lab.stdout
        port = int(lab.stdout.readline())
        os.environ["BENCHMARK_PASSWORD"] = PASSWORD
        inventory = Path(folder) / "inventory.yaml"
        inventory.write_text(
            f"routers:\n  tokyo: {{host: 127.0.0.1, port: {port}, known_hosts: first-use, "
            "login: {user: admin, password: env:BENCHMARK_PASSWORD}}\n",
            encoding="utf-8",
        )
        known = load(inventory)
        target = Target(known.router("tokyo"), settings_for(known))
        first = target.scrape(STANDARD, 30)
        assert first.health, first.error
        commands = [answer.command for answer in first.health.answers]
        bare = _bare(port, commands)

        def probe() -> bytes:
            return page([target.scrape(STANDARD, 30)])

        bare()
        probe()
        pairs = [(_cpu(bare), _cpu(probe)) for _ in range(ROUNDS)]
        target.close()
        assert lab.stdin
        lab.stdin.close()
    theirs = sorted(pair[0] for pair in pairs)[ROUNDS // 2]
    ours = sorted(pair[1] for pair in pairs)[ROUNDS // 2]
    print(f"{len(commands)} commands, median of {ROUNDS} rounds")
    print(f"bare paramiko channel: {theirs * 1e3:6.2f} ms of CPU")
    print(f"warm probe:            {ours * 1e3:6.2f} ms of CPU")
    print(f"ratio:                 {ours / theirs:6.2f} (at most {BOUND})")
    return ours > BOUND * theirs


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        _serve()
    else:
        sys.exit(main())
