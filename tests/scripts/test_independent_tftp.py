"""Delivery through Debian's tftpd-hpa, an independent server, over a wire that loses packets.

The console is the lab's; the bytes take the other server's way, the password in the file name, and
land in the emulated router's flash only as they landed there.
"""

from __future__ import annotations

import os
import random
import select
import shutil
import socket
import subprocess
import threading
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Self

import pytest

from tests.scripts.place import ADMINISTRATOR_PASSWORD, PATH, RESIDENT
from yamaha_ops.errors import ApplyError, CommandError, ConnectError
from yamaha_ops.inventory import Secret
from yamaha_ops.router import Files, TftpFiles
from yamaha_ops.router.files import Told, untold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.scripts.place import Site

SERVER = shutil.which("in.tftpd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
pytestmark = [
    pytest.mark.skipif(SERVER is None, reason="tftpd-hpa is not installed"),
    pytest.mark.skipif(os.geteuid() != 0, reason="in.tftpd changes its root, which needs root"),
    pytest.mark.skipif(shutil.which("prlimit") is None, reason="util-linux has no prlimit here"),
]
LONG = b"-- " + b"x" * 4000 + b"\n" + RESIDENT


class Relay:
    """A UDP wire to a TFTP server that loses packets, or goes dead after some."""

    def __init__(self, server: int, *, loss: float = 0.0, dead_after: int | None = None) -> None:
        self._server = ("127.0.0.1", server)
        self._loss = loss
        self._left = dead_after
        self._chance = random.Random(69)  # noqa: S311 -- chance, not secrecy
        self._listen = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._listen.bind(("127.0.0.1", 0))
        self.port: int = self._listen.getsockname()[1]
        self._upstream: dict[tuple[str, int], socket.socket] = {}
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        for each in (self._listen, *self._upstream.values()):
            each.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            ready, _, _ = select.select([self._listen, *self._upstream.values()], [], [], 0.02)
            for each in ready:
                data, sender = each.recvfrom(65535)
                if self._loses():
                    continue
                if each is self._listen:
                    self._forward(data, sender)
                else:
                    client = next(c for c, s in self._upstream.items() if s is each)
                    # The server answers from a port of its own; that is where the rest goes.
                    each.connect(sender)
                    self._listen.sendto(data, client)

    def _forward(self, data: bytes, client: tuple[str, int]) -> None:
        if data[:2] in {b"\0\1", b"\0\2"}:
            if old := self._upstream.pop(client, None):
                old.close()
            self._upstream[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._upstream[client].bind(("127.0.0.1", 0))
            self._upstream[client].sendto(data, self._server)
        elif client in self._upstream:
            self._upstream[client].send(data)

    def _loses(self) -> bool:
        if self._left is not None:
            self._left -= 1
            return self._left < 0
        return self._chance.random() < self._loss


@dataclass
class Hpa:
    """A running tftpd-hpa with a file for the new script, named after the password."""

    file: Path
    port: int
    process: subprocess.Popen[bytes]
    stored: list[bytes] = field(default_factory=list)


def started(root: Path, largest: int = 1_000_000) -> Hpa:
    # A router overwrites a file that has the password behind its name; hpa one that is there.
    file = root / "lua" / "watch.new.lua" / ADMINISTRATOR_PASSWORD
    file.parent.mkdir(parents=True)
    file.touch()
    file.chmod(0o666)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            # A limit that is reached gives "file too large" instead of a signal.
            *("prlimit", f"--fsize={largest}", str(SERVER)),
            *("-L", "-4", "-a", f"127.0.0.1:{port}", "-s", "-p", "-u", "root"),
            # Microseconds until it sends again; a second would only make the tests slow.
            *("-T", "100000", str(root)),
        ],
        restore_signals=False,
        stderr=subprocess.DEVNULL,
    )
    _wait_until_it_answers(port)
    return Hpa(file, port, process)


def _wait_until_it_answers(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.05)
        for _ in range(200):
            try:
                probe.sendto(b"\0\1nothing\0octet\0", ("127.0.0.1", port))
                probe.recvfrom(600)
            except OSError:
                continue
            return
    pytest.fail("tftpd-hpa does not answer")


@pytest.fixture
def hpa(tmp_path: Path) -> Iterator[Hpa]:
    server = started(tmp_path / "tftp")
    yield server
    server.process.terminate()
    server.process.wait()


@dataclass
class Bridged:
    """TFTP to the other server; what it holds then is what the router's flash holds."""

    tftp: TftpFiles
    hpa: Hpa
    site: Site

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.tftp.close()

    def read(self, path: str, told: Told = untold) -> bytes:
        return self.tftp.read(path, told)

    def write(self, path: str, data: bytes, told: Told = untold) -> None:
        try:
            self.tftp.write(path, data, told)
        finally:
            arrived = self.hpa.file.read_bytes()
            self.hpa.stored.append(arrived)
            self.site.router.do(lambda device: device.rtfs.write(path, arrived))


def way(site: Site, hpa: Hpa, port: int) -> Files:
    tftp = TftpFiles(site.entry, port=port, timeout=0.2, retries=8)
    return Bridged(tftp, hpa, site)


def test_a_script_goes_there_and_back_byte_for_byte(site: Site, hpa: Hpa) -> None:
    site.deliver(LONG, files=partial(way, site, hpa, hpa.port))
    assert hpa.stored == [LONG]
    assert site.files == {PATH: LONG}
    assert site.running == [LONG]


@pytest.mark.parametrize("size", [511, 512, 513, 1024])
def test_sizes_around_a_block_arrive_whole(site: Site, hpa: Hpa, size: int) -> None:
    source = RESIDENT + b"-" * (size - len(RESIDENT))
    site.deliver(source, files=partial(way, site, hpa, hpa.port))
    assert hpa.stored == [source]


def test_a_wire_that_loses_one_packet_in_ten_still_delivers(site: Site, hpa: Hpa) -> None:
    with Relay(hpa.port, loss=0.1) as relay:
        site.deliver(LONG, files=partial(way, site, hpa, relay.port))
    assert site.files == {PATH: LONG}


def test_a_cut_in_the_middle_leaves_the_old_one_running(site: Site, hpa: Hpa) -> None:
    site.deliver(RESIDENT, "sftp")
    with Relay(hpa.port, dead_after=9) as relay, pytest.raises(ConnectError):
        site.deliver(LONG, files=partial(way, site, hpa, relay.port))
    assert 0 < len(hpa.stored[0]) < len(LONG), "it was half-written there"
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]
    assert site.door == []


def test_a_wrong_password_finds_no_file(
    site: Site, hpa: Hpa, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.deliver(RESIDENT, "sftp")
    monkeypatch.setenv("WRONG", "planted-wrong-2d2d")
    login = site.entry.login.model_copy(update={"administrator_password": Secret("env:WRONG")})
    wrong = site.entry.model_copy(update={"login": login})
    with pytest.raises(CommandError, match="did not take") as refused:
        site.deliver(LONG, files=lambda: Bridged(TftpFiles(wrong, port=hpa.port), hpa, site))
    assert "planted" not in refused.value.explain()
    assert refused.value.output == "TFTP error 1: File not found"
    assert site.files == {PATH: RESIDENT}


def test_a_full_file_system_leaves_the_old_one_running(site: Site, tmp_path: Path) -> None:
    small = started(tmp_path / "full", largest=1024)
    try:
        site.deliver(RESIDENT, "sftp")
        # It takes every byte and keeps the first kilobyte: only reading back finds that out.
        with pytest.raises((ApplyError, CommandError, ConnectError)):
            site.deliver(LONG, files=partial(way, site, small, small.port))
    finally:
        small.process.terminate()
        small.process.wait()
    assert site.files == {PATH: RESIDENT}
    assert site.running == [RESIDENT]
