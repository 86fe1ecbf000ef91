"""A host key is known, or the router is not talked to."""

from __future__ import annotations

import subprocess
import threading
from typing import TYPE_CHECKING

import paramiko
import pytest

from yamaha_ops.errors import HostKeyError
from yamaha_ops.router.known_hosts import KnownHosts, fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CLIENT = paramiko.SSHClient()


def hosts(
    path: Path, *, accept_new: bool = False, port: int = 22, host: str = "192.0.2.1"
) -> KnownHosts:
    return KnownHosts(path, name="home", host=host, port=port, accept_new=accept_new)


def judge(policy: KnownHosts, key: paramiko.PKey) -> None:
    policy.missing_host_key(CLIENT, "ignored", key)


def test_an_unknown_key_is_refused_with_its_fingerprint_and_the_way_on(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey]
) -> None:
    path = tmp_path / "known_hosts"
    with pytest.raises(HostKeyError) as caught:
        judge(hosts(path), host_keys[0])
    assert fingerprint(host_keys[0]) in str(caught.value)
    assert "--accept-new-host-key" in caught.value.explain()
    assert not path.exists()


def test_the_fingerprint_is_the_one_that_openssh_prints(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey]
) -> None:
    file = tmp_path / "key.pub"
    file.write_text(f"ssh-rsa {host_keys[0].get_base64()} x\n")
    try:
        printed = subprocess.run(
            ["ssh-keygen", "-lf", str(file)], capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        pytest.skip("no ssh-keygen here")
    assert printed.split()[1] == fingerprint(host_keys[0])


@pytest.mark.parametrize(("port", "name"), [(22, "192.0.2.1"), (2222, "[192.0.2.1]:2222")])
def test_a_new_key_is_recorded_in_openssh_form_when_asked(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey], port: int, name: str
) -> None:
    path = tmp_path / "state" / "known_hosts"
    judge(hosts(path, accept_new=True, port=port), host_keys[0])
    assert path.read_text() == f"{name} ssh-rsa {host_keys[0].get_base64()}\n"
    judge(hosts(path, port=port), host_keys[0])  # known from now on
    assert hosts(path, port=port).key_types() == {"ssh-rsa"}


def test_lines_of_others_are_kept(tmp_path: Path, host_keys: Sequence[paramiko.RSAKey]) -> None:
    path = tmp_path / "known_hosts"
    path.write_text("# mine\nother.example ssh-rsa AAAA")  # and no line end
    judge(hosts(path, accept_new=True), host_keys[0])
    lines = path.read_text().splitlines()
    assert lines[:2] == ["# mine", "other.example ssh-rsa AAAA"]
    assert lines[2].startswith("192.0.2.1 ssh-rsa ")


@pytest.mark.parametrize("accept_new", [True, False])
def test_a_changed_key_is_refused_even_when_new_ones_are_accepted(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey], *, accept_new: bool
) -> None:
    path = tmp_path / "known_hosts"
    path.write_text("# a note\n")
    judge(hosts(path, accept_new=True), host_keys[0])
    before = path.read_bytes()
    with pytest.raises(HostKeyError, match="changed") as caught:
        judge(hosts(path, accept_new=accept_new), host_keys[1])
    assert fingerprint(host_keys[0]) in str(caught.value)
    assert fingerprint(host_keys[1]) in str(caught.value)
    assert caught.value.where == f"{path}:2"
    assert path.read_bytes() == before


def test_writers_in_threads_lose_nothing(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey]
) -> None:
    path = tmp_path / "known_hosts"
    threads = [
        threading.Thread(
            target=judge,
            args=(hosts(path, accept_new=True, host=f"192.0.2.{number}"), host_keys[0]),
        )
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(path.read_text().splitlines()) == 20


def test_a_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey]
) -> None:
    (tmp_path / "known_hosts").mkdir()
    with pytest.raises(HostKeyError, match="cannot be used"):
        judge(hosts(tmp_path / "known_hosts"), host_keys[0])


def test_a_hashed_name_is_found_and_a_changed_file_is_read_again(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey]
) -> None:
    path = tmp_path / "known_hosts"
    hashed = paramiko.HostKeys.hash_host("192.0.2.1")
    path.write_text(f"# ours\n\n{hashed} ssh-rsa {host_keys[0].get_base64()}\n")
    judge(hosts(path), host_keys[0])
    with pytest.raises(HostKeyError, match="changed"):
        judge(hosts(path), host_keys[1])
    with pytest.raises(HostKeyError, match="not known"):
        judge(hosts(path, host="192.0.2.2"), host_keys[0])
    path.write_text(f"192.0.2.1 ssh-rsa {host_keys[1].get_base64()}\n")
    judge(hosts(path), host_keys[1])


def test_keys_of_other_hosts_are_not_even_decoded(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey]
) -> None:
    path = tmp_path / "known_hosts"
    ours = f"192.0.2.1 ssh-rsa {host_keys[0].get_base64()}\n"
    path.write_text("192.0.2.9 ssh-rsa not/base64=a\n" * 1000 + ours)
    judge(hosts(path), host_keys[0])


@pytest.mark.parametrize("key", ["ssh-rsa AAAA=A", "ssh-rsa AAAAB3NzaC1yc2E="])
def test_a_line_that_cannot_be_read_is_not_taken_for_none(
    tmp_path: Path, host_keys: Sequence[paramiko.RSAKey], key: str
) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(f"192.0.2.1 {key}\n")
    with pytest.raises(HostKeyError, match="cannot be read"):
        judge(hosts(path, accept_new=True), host_keys[0])
