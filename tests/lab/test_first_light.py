"""From the factory state to a MAP-E line, over real SSH with paramiko."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import paramiko
import pytest

from yamaha_ops.lab import Lab, ManualClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab import LabRouter

WANTED = (
    "ipv6 prefix 1 ra-prefix@lan2::/64",
    "ipv6 lan1 address ra-prefix@lan2::1/64",
    "ipv6 lan2 dhcp service client ir=on",
    "tunnel select 1",
    "tunnel encapsulation map-e",
    "ip tunnel nat descriptor 1000",
    "tunnel enable 1",
    "tunnel select none",
    "nat descriptor type 1000 masquerade",
    "nat descriptor address outer 1000 map-e",
    "ip route default gateway tunnel 1",
)


class Client:
    def __init__(self, router: LabRouter, password: str = "login-1") -> None:
        self.ssh = paramiko.SSHClient()
        self.ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        self.ssh.connect(
            router.host,
            router.port,
            "admin",
            password,
            allow_agent=False,
            look_for_keys=False,
            timeout=30,
            banner_timeout=30,
            auth_timeout=30,
        )
        self.channel = self.ssh.invoke_shell(width=512)
        self.channel.settimeout(30)

    def read(self, end: str) -> str:
        data = b""
        while not data.endswith(end.encode()):
            piece = self.channel.recv(65536)
            assert piece, data
            data += piece
        return data.decode("cp932")

    def run(self, line: str, end: str = "# ") -> str:
        self.channel.send(line.encode() + b"\r")
        return self.read(end)


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as lab:
        yield lab


@pytest.fixture
def router(lab: Lab) -> LabRouter:
    return lab.start(password="login-1", administrator_password="admin-2")


def test_a_line_comes_up_over_ssh(lab: Lab, router: LabRouter) -> None:
    client = Client(router)
    banner = client.read("> ")
    assert banner.startswith("RTX830 Rev.15.02.22 (Mon Dec 20 18:20:29 2021)\r\n")
    client.run("administrator", "Password: ")
    client.run("admin-2")
    for line in WANTED:
        answer = client.run(line)
        assert answer.split("\r\n")[0] == line
        assert "エラー" not in answer
    states = [router.online]
    lab.advance(2)
    states.append(router.online)
    assert states == [False, True], "the tunnel takes a moment"
    answer = client.run("show nat descriptor address").replace("\r\n", "")
    assert "map-e/106.72.0.0" in answer
    assert "4880-4895, 8976-8991" in answer
    assert "62224-62239" in answer
    assert "接続されています" in client.run("show status tunnel 1")
    client.ssh.close()


def test_there_is_no_exec_channel(router: LabRouter) -> None:
    client = Client(router)
    with pytest.raises(paramiko.SSHException):
        client.ssh.exec_command("show environment", timeout=30)
    client.ssh.close()


def test_a_wrong_password_does_not_open(router: LabRouter) -> None:
    with pytest.raises(paramiko.AuthenticationException):
        Client(router, "wrong")


def test_nothing_is_left_behind() -> None:
    with Lab() as lab:
        router = lab.start(password="p", administrator_password="q")
        thread = lab._thread
    assert not thread.is_alive()
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    start = time.monotonic()
    with pytest.raises(paramiko.ssh_exception.NoValidConnectionsError):
        client.connect(router.host, router.port, "admin", "p", timeout=30)
    assert time.monotonic() - start < 5
