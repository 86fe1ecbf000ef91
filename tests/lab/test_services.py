"""SFTP, TFTP and telnet on real sockets, and what may go wrong on them."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING

import paramiko
import pytest

from tests.lab.scripting import PATIENCE, eventually
from yamaha_ops.lab import Lab, ManualClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab import LabRouter

USER, PASSWORD, ADMINISTRATOR = "admin", "login-1", "admin-2"


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as lab:
        yield lab


@pytest.fixture
def router(lab: Lab) -> LabRouter:
    router = lab.start(
        user=USER, password=PASSWORD, administrator_password=ADMINISTRATOR, telnet=True
    )
    router.type("sftpd host any", "tftp host lan", save=True)
    return router


def client(router: LabRouter, password: str) -> paramiko.SSHClient:
    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    ssh.connect(
        router.host,
        router.port,
        USER,
        password,
        allow_agent=False,
        look_for_keys=False,
        timeout=PATIENCE,
        banner_timeout=PATIENCE,
        auth_timeout=PATIENCE,
    )
    return ssh


@pytest.fixture
def sftp(router: LabRouter) -> Iterator[paramiko.SFTPClient]:
    ssh = client(router, ADMINISTRATOR)
    with ssh, ssh.open_sftp() as files:
        yield files


def fetch(sftp: paramiko.SFTPClient, path: str) -> bytes:
    with sftp.open(path) as file:
        return file.read()


# --- SFTP --------------------------------------------------------------------------------------


def test_sftp_gives_the_saved_slot_with_real_secrets(
    router: LabRouter, sftp: paramiko.SFTPClient
) -> None:
    router.type('description lan2 "回線"')
    text = fetch(sftp, "/system/config0")
    assert text.startswith(b"# RTX830 Rev.15.02.22")
    assert text.count(b"\n") == text.count(b"\r\n")
    assert b"login user admin encrypted " in text
    assert f"administrator password {ADMINISTRATOR}".encode() in text
    assert "回線".encode("cp932") not in text, "the running configuration is not what it gives"
    router.type("ip lan1 mtu 1400", save=True)
    assert "回線".encode("cp932") in fetch(sftp, "/system/config0")


def test_sftp_put_then_load(router: LabRouter, sftp: paramiko.SFTPClient) -> None:
    text = fetch(sftp, "/system/config0") + b"ip route default gateway tunnel 1\r\n"
    with sftp.open("/system/config3", "w") as file:
        file.write(text)
    assert sorted(sftp.listdir("/system")) == ["config0", "config3"]
    saved = router.do(lambda device: device.slots.get("3"))
    assert saved is not None
    assert "ip route default gateway tunnel 1" in saved.text


def test_sftp_and_the_rtfs(router: LabRouter, sftp: paramiko.SFTPClient) -> None:
    sftp.mkdir("/lua")
    with sftp.open("/lua/x.new.lua", "w") as file:
        file.write(b"print(1)\n")
    sftp.rename("/lua/x.new.lua", "/lua/x.lua")
    assert sftp.listdir("/lua") == ["x.lua"]
    assert sftp.stat("/lua/x.lua").st_size == 9
    with pytest.raises(OSError, match="No such directory"):
        sftp.open("/nowhere/x.lua", "w")
    with pytest.raises(OSError, match="Permission denied"):
        sftp.open("/system/config9", "w")
    sftp.remove("/lua/x.lua")
    sftp.rmdir("/lua")
    assert sftp.listdir("/") == ["system"]
    router.do(lambda device: device.rtfs.write("/big", bytes(1_570_000)))
    with sftp.open("/small", "w") as file, pytest.raises(OSError, match="space"):
        file.write(bytes(5000))


def test_sftp_is_shut_by_default_and_to_the_users_password(lab: Lab, router: LabRouter) -> None:
    with client(router, PASSWORD) as ssh, pytest.raises(paramiko.SSHException):
        ssh.open_sftp()
    shut = lab.start(user=USER, password=PASSWORD, administrator_password=ADMINISTRATOR)
    with client(shut, ADMINISTRATOR) as ssh, pytest.raises(paramiko.SSHException):
        ssh.open_sftp()


def test_a_key_in_the_rtfs_opens_the_console(router: LabRouter) -> None:
    key = paramiko.RSAKey.generate(2048)
    line = f"ssh-rsa {key.get_base64()} admin\n".encode()
    router.do(lambda device: device.rtfs.make_directory("/ssh"))
    router.do(lambda device: device.rtfs.make_directory("/ssh/authorized_keys"))
    router.do(lambda device: device.rtfs.write("/ssh/authorized_keys/admin", line))
    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    with ssh:
        ssh.connect(router.host, router.port, USER, pkey=key, allow_agent=False, timeout=PATIENCE)
        assert ssh.invoke_shell().recv(6) == b"RTX830"


# --- TFTP --------------------------------------------------------------------------------------


def tftp(router: LabRouter, request: bytes) -> tuple[socket.socket, bytes, tuple[str, int]]:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(PATIENCE)
    sock.sendto(request, (router.host, router.tftp_port))
    data, address = sock.recvfrom(2048)
    return sock, data, address


def tftp_get(router: LabRouter, name: str) -> bytes:
    request = b"\0\1" + name.encode() + b"\0octet\0blksize\0001428\0"
    sock, data, address = tftp(router, request)
    received = b""
    with sock:
        while data[:2] == b"\0\3":
            received += data[4:]
            sock.sendto(b"\0\4" + data[2:4], address)
            if len(data) < 516:
                return received
            data, _ = sock.recvfrom(2048)
    raise AssertionError(data)


def tftp_put(router: LabRouter, name: str, content: bytes) -> bytes:
    sock, data, address = tftp(router, b"\0\2" + name.encode() + b"\0octet\0")
    with sock:
        for block in range(len(content) // 512 + 1):
            if data[:2] != b"\0\4":
                return data
            piece = content[block * 512 : block * 512 + 512]
            sock.sendto(struct.pack("!HH", 3, block + 1) + piece, address)
            data, _ = sock.recvfrom(2048)
        return data


def test_tftp_get_is_the_running_configuration(router: LabRouter) -> None:
    router.type("ip route default gateway tunnel 1")
    text = tftp_get(router, f"config/{ADMINISTRATOR}")
    assert b"ip route default gateway tunnel 1\r\n" in text
    assert b"administrator password admin-2\r\n" in text


def test_tftp_put_takes_good_lines_and_says_nothing_of_wrong_ones(router: LabRouter) -> None:
    lines = ["nonsense words", "ip arp timer 1", "ip route default gateway tunnel 1",
             "tunnel select 1", " bad line", " tunnel encapsulation map-e",
             'description lan2 "回線"']  # fmt: skip
    content = "".join(f"{line}\r\n" for line in lines).encode("cp932")
    answer = tftp_put(router, f"config/{ADMINISTRATOR}", content)
    assert answer == b"\0\4\0\1"
    text = router.running.text
    assert "ip route default gateway tunnel 1" in text
    assert "tunnel select 1\n tunnel encapsulation map-e" in text
    assert "回線" in text
    assert "nonsense" not in text
    assert "arp timer" not in text
    saved = router.saved
    assert saved is not None
    assert "回線" not in saved.text


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("config/wrong", b"\0\5\0\0Incorrect password"),
        ("config", b"\0\5\0\0Incorrect password"),
        (f"config1/{ADMINISTRATOR}", b"\0\5\0\1File not found"),
    ],
)
def test_tftp_errors(router: LabRouter, name: str, error: bytes) -> None:
    sock, data, _ = tftp(router, b"\0\1" + name.encode() + b"\0octet\0")
    sock.close()
    assert data.startswith(error)


def test_tftp_is_shut_by_default(router: LabRouter) -> None:
    router.type("tftp host none")
    sock, data, _ = tftp(router, f"\0\1config/{ADMINISTRATOR}\0octet\0".encode())
    sock.close()
    assert data[:4] == b"\0\5\0\2"


def test_a_lua_script_by_tftp(router: LabRouter) -> None:
    router.do(lambda device: device.rtfs.make_directory("/lua"))
    script = b"-- test\n" * 100
    tftp_put(router, f"/lua/x.lua/{ADMINISTRATOR}", script)
    assert tftp_get(router, f"/lua/x.lua/{ADMINISTRATOR}") == script
    assert tftp_put(router, f"/none/x.lua/{ADMINISTRATOR}", b"x")[:2] == b"\0\5"


def test_techinfo_is_english_and_unbroken(router: LabRouter) -> None:
    text = tftp_get(router, f"techinfo/{ADMINISTRATOR}").decode("cp932")
    assert "show environment\r\n" in text
    assert "Elapsed time from boot" in text
    assert any(len(line) > 80 for line in text.splitlines())


# --- telnet ------------------------------------------------------------------------------------


def test_telnet(router: LabRouter) -> None:
    assert router.telnet_port is not None
    with socket.create_connection((router.host, router.telnet_port), timeout=PATIENCE) as sock:
        shown = b""

        def until(end: bytes) -> bytes:
            nonlocal shown
            while not shown.endswith(end):
                piece = sock.recv(4096)
                assert piece
                shown += piece
            taken, shown = shown, b""
            return taken

        assert until(b"Password: ").startswith(b"\xff\xfb\x01\xff\xfb\x03")
        sock.sendall(b"\xff\xfd\x01\xff\xfd\x03\xff\xfb\x1f\r\0")
        until(b"Username: ")
        sock.sendall(b"admin\r\0")
        until(b"Password: ")
        sock.sendall(PASSWORD.encode() + b"\r\0")
        assert b"RTX830 Rev." in until(b"> ")
        sock.sendall(b"exit\r\0")
        while sock.recv(4096):
            pass


# --- what may go wrong -------------------------------------------------------------------------


def shell(router: LabRouter) -> paramiko.Channel:
    ssh = client(router, PASSWORD)
    channel = ssh.invoke_shell()
    channel.settimeout(PATIENCE)
    return channel


def read_all(channel: paramiko.Channel) -> bytes:
    data = b""
    while piece := channel.recv(65536):
        data += piece
    return data


def read_until(channel: paramiko.Channel, end: bytes) -> bytes:
    data = b""
    while not data.endswith(end):
        piece = channel.recv(65536)
        assert piece, data
        data += piece
    return data


def close(channel: paramiko.Channel) -> None:
    transport = channel.get_transport()
    assert transport is not None
    transport.close()


def test_the_line_is_cut_after_a_byte(router: LabRouter) -> None:
    router.faults.cut_after_bytes = 100
    channel = shell(router)
    assert len(read_all(channel)) == 100
    close(channel)
    channel = shell(router)
    assert read_until(channel, b"> "), "a cut happens once"
    close(channel)


def test_the_line_is_cut_after_a_row_and_the_change_goes_back(lab: Lab, router: LabRouter) -> None:
    channel = shell(router)
    read_until(channel, b"> ")
    for line, end in (
        ("administrator", b"Password: "),
        (ADMINISTRATOR, b"# "),
        ("rollback timer 60", b"# "),
        ("ip route default gateway tunnel 1", b"# "),
    ):
        channel.send(line.encode() + b"\r")
        read_until(channel, end)
    router.faults.cut_after_lines = 2
    channel.send(b"show environment\r")
    assert read_all(channel).count(b"\n") == 2
    close(channel)
    there = ["default gateway" in router.running.text]
    lab.advance(61)
    there.append("default gateway" in router.running.text)
    assert there == [True, False]


def test_truncation_is_silent(router: LabRouter) -> None:
    channel = shell(router)
    read_until(channel, b"> ")
    router.faults.truncate_after_lines = 3
    channel.send(b"show config\r")
    assert read_until(channel, b"> ").count(b"\n") == 4
    close(channel)


def test_a_pager_in_the_middle(router: LabRouter) -> None:
    channel = shell(router)
    read_until(channel, b"> ")
    channel.send(b"console lines infinity\r")
    read_until(channel, b"> ")
    router.faults.page_every = 5
    channel.send(b"show config\r")
    assert read_until(channel, b"---").count(b"\n") == 6
    close(channel)


def test_delay(router: LabRouter) -> None:
    channel = shell(router)
    read_until(channel, b"> ")
    router.faults.delay_seconds = 0.2
    start = time.monotonic()
    channel.send(b"show arp\r")
    read_until(channel, b"> ")
    assert time.monotonic() - start >= 0.2
    close(channel)


def test_a_client_that_goes_while_its_answer_is_late(lab: Lab, router: LabRouter) -> None:
    """What is still to be said to a closed channel is dropped, without an error."""
    errors: list[object] = []
    lab.call(
        lambda: asyncio.get_running_loop().set_exception_handler(
            lambda _, context: errors.append(context)
        )
    )
    for late in (0.05, 0.0):
        router.faults.clear()
        channel = shell(router)
        read_until(channel, b"> ")
        router.faults.delay_seconds = late
        channel.send(b"show environment\r" * 20)
        channel.close()
        eventually(lambda: not router.do(lambda device: list(device.consoles)))
        time.sleep(late * 2)
        close(channel)
    assert errors == []


def test_one_packet_brings_one(router: LabRouter) -> None:
    """Echo, answers and prompts of lines that came together leave together."""
    sent: list[bytes] = []
    channel = shell(router)
    read_until(channel, b"> ")
    console = router.do(lambda device: device.consoles[0])
    console._write = sent.append
    router.do(lambda _: console.feed(b"console columns 200\r\r\r"))
    assert sent == [b"console columns 200\r\n> \r\n> \r\n> "]
    close(channel)


def test_garbled_bytes(router: LabRouter) -> None:
    channel = shell(router)
    read_until(channel, b"> ")
    router.faults.garble_every = 4
    channel.send(b"show copyright\r")
    time.sleep(0.2)
    assert b"Yamaha Corporation. All Rights Reserved." not in channel.recv(65536)
    close(channel)


def test_refused_login_and_refused_connection(router: LabRouter) -> None:
    router.faults.refuse_logins = True
    with pytest.raises(paramiko.AuthenticationException):
        client(router, PASSWORD)
    router.faults.clear()
    router.faults.refuse_connections = True
    with pytest.raises(paramiko.SSHException):
        client(router, PASSWORD)
    router.faults.clear()
    client(router, PASSWORD).close()


def test_the_host_key_changes(router: LabRouter) -> None:
    def key() -> bytes:
        with client(router, PASSWORD) as ssh:
            transport = ssh.get_transport()
            assert transport is not None
            return transport.get_remote_server_key().asbytes()

    first = key()
    assert key() == first
    router.change_host_key()
    assert key() != first


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
def test_legacy_offers_sha1_only(lab: Lab) -> None:
    old = lab.start(user=USER, password=PASSWORD, legacy=True)
    transport = paramiko.Transport((old.host, old.port))
    transport.start_client(timeout=PATIENCE)
    assert transport.host_key_type == "ssh-rsa"
    transport.close()
    ssh = paramiko.SSHClient()
    ssh.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 -- loopback
    with pytest.raises(paramiko.SSHException):
        ssh.connect(
            old.host, old.port, USER, PASSWORD, allow_agent=False, look_for_keys=False,
            disabled_algorithms={"keys": ["ssh-rsa"]},
        )  # fmt: skip


def test_packets_get_lost_on_tftp_and_the_router_sends_again(
    router: LabRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("yamaha_ops.lab.servers.tftp.AGAIN_SECONDS", 0.02)
    router.faults.tftp_loss = 0.3
    blocks: dict[int, bytes] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.3)
        request = b"\0\1config/admin-2\0octet\0"
        while not blocks or len(blocks[max(blocks)]) == 512:
            if not blocks:
                sock.sendto(request, (router.host, router.tftp_port))
            try:
                data, address = sock.recvfrom(2048)
            except TimeoutError:
                continue
            blocks[int.from_bytes(data[2:4])] = data[4:]
            sock.sendto(b"\0\4" + data[2:4], address)
    router.faults.clear()
    assert b"".join(blocks[number] for number in sorted(blocks)) == tftp_get(
        router, "config/admin-2"
    )


def test_a_power_cut_and_back(router: LabRouter) -> None:
    channel = shell(router)
    read_until(channel, b"> ")
    router.power_cut()
    assert channel.recv(1) == b""
    with pytest.raises(paramiko.ssh_exception.NoValidConnectionsError):
        client(router, PASSWORD)
    router.power_on()
    client(router, PASSWORD).close()


def test_another_administrator_changes_and_saves(router: LabRouter) -> None:
    before = router.running.digest
    router.type("ip filter 1 pass * * * * *", save=True)
    assert router.running.digest != before
    assert any("Configuration saved in" in line for line in router.log)


def test_restart_refuses_connections_for_a_while(lab: Lab, router: LabRouter) -> None:
    router.do(lambda device: device.restart())
    with pytest.raises(paramiko.ssh_exception.NoValidConnectionsError):
        client(router, PASSWORD)
    lab.advance(3)
    client(router, PASSWORD).close()


def test_a_hundred_routers_in_one_process() -> None:
    with Lab() as lab:
        routers = [lab.start(user=USER, password=PASSWORD) for _ in range(100)]
        assert len({router.port for router in routers}) == 100
        assert threading.active_count() < 10
        client(routers[99], PASSWORD).close()
