"""The lab as a user starts, breaks and stops it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import paramiko
import pytest

from yamaha_ops.cli import main
from yamaha_ops.lab import control

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    where = tmp_path / "lab"
    monkeypatch.setenv("YAMAHA_OPS_LAB", str(where))
    monkeypatch.setenv("YAMAHA_OPS_LAB_PASSWORD", "login-1")
    monkeypatch.setenv("YAMAHA_OPS_LAB_ADMINISTRATOR_PASSWORD", "admin-2")
    yield where
    if control.is_running():
        control.stop()


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["lab", *arguments])
    return int(ended.value.code or 0)


def test_up_list_fault_down(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("up", "--port", "0", "--count", "2", "--telnet", "--json") == 0
    started = json.loads(capsys.readouterr().out)
    assert [router["name"] for router in started["routers"]] == ["rtx1", "rtx2"]
    assert "password" not in started, "given ones are not repeated"
    port = started["routers"][0]["ssh_port"]

    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    with ssh:
        ssh.connect("127.0.0.1", port, "admin", "login-1", allow_agent=False, look_for_keys=False)
        assert ssh.invoke_shell().recv(6) == b"RTX830"

    assert run("up") == 1, "one lab at a time"
    assert run("fault", "rtx2", "power-cut") == 0
    assert run("fault", "rtx2", "nonsense") == 1
    assert run("fault", "rtx9", "clear") == 1
    assert run("fault", "rtx1", "other-administrator", "ip lan1 mtu 1400") == 0
    capsys.readouterr()
    assert run("list") == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.partition("; ")[2] for row in rows] == ["line offline", "line off"]

    server = "s=rt.socket.tcp() s:bind([[*]],9100) s:listen() s:accept()"
    assert run("fault", "rtx1", "other-administrator", f"lua -e '{server}'") == 0
    end = time.monotonic() + 30
    while "a script's tcp 9100 at " not in capsys.readouterr().out:
        assert time.monotonic() < end
        assert run("list") == 0

    assert run("down") == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0, "nobody listens any more"
    assert not place.exists()
    assert run("down") == 1
    assert "no lab is running" in capsys.readouterr().err


@pytest.mark.usefixtures("place")
def test_from_a_backup_in_shift_jis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backup = tmp_path / "night.conf"
    backup.write_bytes(
        "# RTX830 Rev.15.02.22\r\nip lan1 address 10.0.0.1/24\r\n"
        'description lan2 "回線"\r\nlogin user admin *\r\n'.encode("cp932")
    )
    assert run("up", "--port", "0", "--from", str(backup), "--language", "en") == 0
    shown = capsys.readouterr().out
    assert "log in:  ssh -p " in shown
    assert "login-1" not in shown
    found = control.ask({"do": "list"})["routers"][0]
    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    with ssh:
        ssh.connect(
            "127.0.0.1", found["ssh_port"], "admin", "login-1", allow_agent=False,
            look_for_keys=False,
        )  # fmt: skip
        channel = ssh.invoke_shell()
        channel.settimeout(30)
        text = b""
        channel.send(b"show config\r")
        while text.count(b"> ") < 2:
            text += channel.recv(65536)
    assert b"ip lan1 address 10.0.0.1/24" in text
    assert "回線".encode("cp932") in text or b"lan2" in text


def test_a_wrong_wish_leaves_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("up", "--port", "0", "--firmware", "new") == 1
    assert "not a firmware revision" in capsys.readouterr().err
    assert run("up", "--port", "0", "--prefix", "240b::1/32") == 1
    assert "not an IPv6 prefix" in capsys.readouterr().err
    assert not control.is_running()
    assert not place.exists()


@pytest.mark.usefixtures("place")
def test_random_passwords_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YAMAHA_OPS_LAB_PASSWORD")
    ran = subprocess.run(
        [sys.executable, "-m", "yamaha_ops", "lab", "up", "--port", "0"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "\npassword: " in ran.stdout
    assert "\nadministrator: " not in ran.stdout
