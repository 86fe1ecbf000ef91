"""Files over SFTP and TFTP, against the emulated router."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from typing import TYPE_CHECKING, Self

import pytest

from yamaha_ops.errors import (
    AuthenticationError,
    CommandError,
    ConnectError,
    ConnectTimeoutError,
    HostKeyError,
)
from yamaha_ops.inventory import Login, Secret
from yamaha_ops.router import File, SftpFiles, TftpFiles

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import SimpleNamespace

    from yamaha_ops.inventory import Router
    from yamaha_ops.lab import LabRouter

    Entry = Callable[..., Router]


def test_sftp_reads_writes_and_lists(emulated: LabRouter, entry: Entry, tmp_path: Path) -> None:
    emulated.type("sftpd host any", save=True)
    with SftpFiles(entry(emulated.port), state=tmp_path) as files:
        assert b"sftpd host any\r\n" in files.read("/system/config0")
        files.make_folder("/lua")
        files.write("/lua/x.lua", b"print('\x83\x5c')\r\n")
        assert files.read("/lua/x.lua") == b"print('\x83\x5c')\r\n"
        assert files.list("/lua") == (File("x.lua", 13, folder=False),)
        with pytest.raises(CommandError, match="no file to read /nope"):
            files.read("/nope")
        with pytest.raises(CommandError, match="does not allow to write /system/other"):
            files.write("/system/other", b"")


def test_sftp_says_why_it_cannot(emulated: LabRouter, entry: Entry, tmp_path: Path) -> None:
    with pytest.raises(HostKeyError, match="not known"):
        SftpFiles(entry(emulated.port, known_hosts="strict"), state=tmp_path)
    with pytest.raises(ConnectError, match="opened no SFTP") as caught:
        SftpFiles(entry(emulated.port), state=tmp_path)
    assert "sftpd host" in caught.value.explain()
    with pytest.raises(AuthenticationError, match="names none"):
        SftpFiles(entry(emulated.port, login=Login()), state=tmp_path)
    emulated.type("sftpd host any")
    with SftpFiles(entry(emulated.port), state=tmp_path) as files:
        emulated.power_cut()
        with pytest.raises(ConnectError):
            files.read("/system/config0")


def test_tftp_reads_and_writes_without_showing_the_password(
    emulated: LabRouter,
    entry: Entry,
    tmp_path: Path,
    secrets: SimpleNamespace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    files = TftpFiles(entry(emulated.port), port=emulated.tftp_port)
    with pytest.raises(CommandError, match="refused") as refused:
        files.read("config")
    emulated.type("tftp host any")
    with files:
        assert b"tftp host any\r\n" in files.read("config")
        files.write("config", b"ip filter 7 pass * *\r\n")
        with pytest.raises(CommandError, match="it has none") as missing:
            files.read("nothing")
    assert "ip filter 7 pass * *" in emulated.running.text
    other = Login(administrator_password=Secret("file:login", tmp_path))
    with pytest.raises(CommandError) as wrong:
        TftpFiles(entry(emulated.port, login=other), port=emulated.tftp_port).read("config")
    seen = [caplog.text, *(str(vars(e.value)) for e in (refused, missing, wrong))]
    assert not [t for t in seen if secrets.administrator in t or secrets.login in t]
    for error in (refused, missing, wrong):
        assert error.value.__cause__ is None
        assert error.value.__suppress_context__


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 40_000])
@pytest.mark.parametrize("way", ["tftp", "sftp"])
def test_a_transfer_tells_how_far_it_is(
    emulated: LabRouter, entry: Entry, tmp_path: Path, way: str, size: int
) -> None:
    emulated.type("sftpd host any")
    emulated.type("tftp host any")
    data, told = b"x" * size, list[tuple[int, int | None]]()

    def tell(done: int, total: int | None) -> None:
        told.append((done, total))

    files = (
        SftpFiles(entry(emulated.port), state=tmp_path)
        if way == "sftp"
        else TftpFiles(entry(emulated.port), port=emulated.tftp_port)
    )
    with files:
        files.write("/x.lua", data, tell)
        assert {total for _, total in told} <= {size}
        assert max((done for done, _ in told), default=0) == size
        assert sorted(told) == told, "it never goes back"
        told.clear()
        assert files.read("/x.lua", tell) == data
        assert max((done for done, _ in told), default=0) == size
        assert sorted(told, key=lambda each: each[0]) == told


def test_what_the_router_said_reaches_the_user_and_the_password_does_not(
    emulated: LabRouter, entry: Entry, secrets: SimpleNamespace
) -> None:
    emulated.type("tftp host any")
    with TftpFiles(entry(emulated.port), port=emulated.tftp_port) as files:
        with pytest.raises(CommandError) as refused:
            files.write("/nowhere/x.lua", b"")
        assert refused.value.output == "TFTP error 2: Access violation"
    other = Login(administrator_password=Secret("env:WRONG"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WRONG", "planted-wrong")
        with pytest.raises(CommandError) as refused:
            TftpFiles(entry(emulated.port, login=other), port=emulated.tftp_port).write("/x", b"")
    assert refused.value.output == "TFTP error 0: Incorrect password"
    assert secrets.administrator not in refused.value.explain()


class Refusing:
    """A TFTP server that answers everything with one error."""

    def __init__(self, code: int, text: bytes) -> None:
        self._answer = struct.pack("!HH", 5, code) + text + b"\0"
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        _, client = self._socket.recvfrom(600)
        self._socket.sendto(self._answer, client)


@pytest.mark.parametrize(
    ("code", "text", "kind", "output"),
    [
        (0, b"no %b here", "it refused", "TFTP error 0: no /x.lua/* here"),
        (3, b"disk full\r\n\x1b[2J%b", "it is full", "TFTP error 3: disk full   [2J/x.lua/*"),
        (
            1,
            "%b がありません".encode("cp932"),
            "it has none",
            "TFTP error 1: /x.lua/* がありません",
        ),
        (0, b"", "it refused", "TFTP error 0"),
        (9, b"y" * 400, "it refused", "TFTP error 9: " + "y" * 200),
    ],
    ids=["name", "control characters", "Japanese", "silent", "long"],
)
def test_a_servers_text_never_carries_the_password_to_a_log_or_an_error(
    entry: Entry,
    secrets: SimpleNamespace,
    caplog: pytest.LogCaptureFixture,
    *,
    code: int,
    text: bytes,
    kind: str,
    output: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    name = f"/x.lua/{secrets.administrator}".encode()
    with Refusing(code, text.replace(b"%b", name)) as server:
        files = TftpFiles(entry(1), port=server.port)
        with pytest.raises(CommandError, match=kind) as refused:
            files.write("/x.lua", b"x")
    assert refused.value.output == output
    for told in (caplog.text, refused.value.explain(), str(vars(refused.value))):
        assert secrets.administrator not in told


def test_a_silent_tftp_port_times_out(emulated: LabRouter, entry: Entry) -> None:
    emulated.type("tftp host any")
    emulated.power_cut()
    files = TftpFiles(entry(emulated.port), port=emulated.tftp_port, timeout=0.05, retries=1)
    with pytest.raises(ConnectTimeoutError, match="did not answer over TFTP"):
        files.read("config")
