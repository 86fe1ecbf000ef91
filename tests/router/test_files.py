"""Files over SFTP and TFTP, against the emulated router."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

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


def test_a_silent_tftp_port_times_out(emulated: LabRouter, entry: Entry) -> None:
    emulated.type("tftp host any")
    emulated.power_cut()
    files = TftpFiles(entry(emulated.port), port=emulated.tftp_port, timeout=0.05, retries=1)
    with pytest.raises(ConnectTimeoutError, match="did not answer over TFTP"):
        files.read("config")
