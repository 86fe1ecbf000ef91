"""What a session costs, beside bare paramiko and stock netmiko, on the emulated router.

    python benchmarks/router_session.py [ROUNDS]

Read the ratios, not the milliseconds: client and emulated router share one process here, and a real
router's handshake takes longer. Stock netmiko gets a named prompt and an English console, because
with the factory prompt it does not get as far as the end of the task.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import paramiko
from netmiko.yamaha.yamaha import YamahaSSH

from yamaha_ops.inventory import Login, Router, Secret
from yamaha_ops.lab import Lab
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.lab import LabRouter

PASSWORD = "benchmark"  # noqa: S105 -- of an emulated router on loopback
SHOW = "show environment"
SHOWS = 20

Times = dict[str, list[float]]


@contextmanager
def timed(times: Times, phase: str) -> Iterator[None]:
    """Add what the block takes to a phase."""
    start = time.perf_counter()
    yield
    times.setdefault(phase, []).append(time.perf_counter() - start)


def ours(entry: Router, state: Path, times: Times) -> None:
    with timed(times, "connect"):
        session = connect(entry, state=state)
    with timed(times, "administrator"):
        session.administrator()
    for _ in range(SHOWS):
        with timed(times, "one show"):
            session.run(SHOW)
    with timed(times, "configuration"):
        session.configuration()
    with timed(times, "log out"):
        session.close()


def stock_netmiko(router: LabRouter, times: Times) -> None:
    with timed(times, "connect"):
        connection = YamahaSSH(
            host=router.host,
            port=router.port,
            username="admin",
            password=PASSWORD,
            secret=PASSWORD,
            default_enter="\r",
            device_type="yamaha",
        )
    with timed(times, "administrator"):
        connection.enable()
    for _ in range(SHOWS):
        with timed(times, "one show"):
            connection.send_command(SHOW)
    with timed(times, "configuration"):
        connection.send_command("show config")
    with timed(times, "log out"):
        connection.exit_enable_mode()
        connection.disconnect()


def bare_paramiko(router: LabRouter, times: Times) -> None:
    """Do the least that could work: believe the first prompt that is seen."""
    prompt = re.compile(rb"(?:^|\n)[^ \r\n]*[>#] $")

    def until(channel: paramiko.Channel, pattern: re.Pattern[bytes]) -> None:
        seen = b""
        while not pattern.search(seen):
            seen += channel.recv(65536)

    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    with timed(times, "connect"):
        client.connect(
            router.host,
            router.port,
            "admin",
            PASSWORD,
            look_for_keys=False,
            allow_agent=False,
        )
        channel = client.invoke_shell()
        until(channel, prompt)
    with timed(times, "administrator"):
        channel.sendall(b"administrator\r")
        until(channel, re.compile(rb"Password: $"))
        channel.sendall(f"{PASSWORD}\r".encode())
        until(channel, prompt)
    for _ in range(SHOWS):
        with timed(times, "one show"):
            channel.sendall(f"{SHOW}\r".encode())
            until(channel, prompt)
    with timed(times, "configuration"):
        channel.sendall(b"show config\r")
        until(channel, prompt)
    with timed(times, "log out"):
        client.close()


def main(rounds: int = 15) -> None:
    with tempfile.TemporaryDirectory() as folder, Lab() as lab:
        state = Path(folder)
        (state / "secret").write_text(PASSWORD)
        secret = Secret("file:secret", state)
        router = lab.start(password=PASSWORD, administrator_password=PASSWORD, language="en")
        router.type("console prompt RTX830")
        entry = Router(
            name="bench",
            host=router.host,
            port=router.port,
            login=Login(user="admin", password=secret, administrator_password=secret),
            known_hosts="first-use",
        )
        runs: dict[str, Callable[[Times], None]] = {
            "yamaha-ops": partial(ours, entry, state),
            "bare paramiko": partial(bare_paramiko, router),
            "stock netmiko": partial(stock_netmiko, router),
        }
        results: dict[str, Times] = {name: {} for name in runs}
        for name, run in runs.items():
            for _ in range(rounds if name != "stock netmiko" else max(3, rounds // 5)):
                run(results[name])
    print(f"{'median ms':16}" + "".join(f"{name:>16}" for name in runs) + "   ratio to bare, stock")
    for phase in results["yamaha-ops"]:
        values = [1000 * median(times[phase]) for times in results.values()]
        mine, bare, stock = values
        print(
            f"{phase:16}"
            + "".join(f"{value:16.2f}" for value in values)
            + f"   {mine / bare:6.2f} {mine / stock:8.3f}"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
