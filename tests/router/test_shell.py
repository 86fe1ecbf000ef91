"""Sessions over real SSH: getting in, being refused, and saying why."""

from __future__ import annotations

import logging
import socket
import threading
from typing import TYPE_CHECKING

import paramiko
import pytest

from yamaha_ops.errors import (
    AuthenticationError,
    CommandError,
    ConnectError,
    ConnectTimeoutError,
    ConsoleError,
    HostKeyError,
    UnreachableError,
    YamahaOpsError,
)
from yamaha_ops.inventory import Login, Secret
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import SimpleNamespace

    from tests.router.conftest import Console, SshPeer
    from yamaha_ops.inventory import Router

    Serve = Callable[..., SshPeer]
    Entry = Callable[..., Router]


def test_a_session_says_who_the_router_is(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(
        console := device(answers={"show status lua": "走行中のLuaスクリプトはありません"})
    )
    with connect(entry(peer.port), state=tmp_path) as session:
        assert (session.router, session.model) == ("home", "RTX830")
        assert session.firmware == "Rev.15.02.22"
        assert not session.is_administrator
        assert session.run("show status lua") == "走行中のLuaスクリプトはありません"
    assert console.entered[-1] == "exit"
    assert console.settings == {}
    with pytest.raises(ConsoleError, match="closed"):
        session.run("show status lua")


@pytest.mark.parametrize("character", ["ja.sjis", "ja.euc", "ja.utf8", "en.ascii"])
def test_answers_are_read_in_the_character_set_in_force(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path, character: str
) -> None:
    answer = "plain" if character == "en.ascii" else "説明: 能登ソ表"
    peer = serve(device(answers={"show x": answer}, settings={"character": character}))
    with connect(entry(peer.port), state=tmp_path) as session:
        assert session.run("show x") == answer
        assert session.run("show x") == answer


@pytest.mark.parametrize("character", ["ja.sjis", "en.ascii"])
def test_an_error_line_is_an_error_and_the_session_goes_on(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path, character: str
) -> None:
    peer = serve(device(settings={"character": character}, answers={"login user x": "Error: no"}))
    with connect(entry(peer.port), state=tmp_path) as session:
        with pytest.raises(CommandError) as caught:
            session.run("show nonsense")
        assert caught.value.command == "show nonsense"
        assert caught.value.output in {
            "エラー: コマンド名を確認してください",
            "Error: Invalid command name",
        }
        assert session.send("ip route default gateway pp 1") == ""


def test_a_wrapped_log_line_that_looks_like_an_error_is_text(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    log = "2026/01/01 00:00:00: " + "x" * 58 + "Error: not one"
    peer = serve(device(answers={"show log": log}))
    with connect(entry(peer.port), state=tmp_path) as session:
        assert session.run("show log").split("\n")[1] == "Error: not one"


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        ("", "empty"),
        ("ip route default gateway pp 1\rcold start", "control"),
        ("ip\troute", "control"),
        ("description lan1 what?", "question mark"),
        ("x" * 4096, "longer"),
        ("description lan1 \N{SNOWMAN WITHOUT SNOW}", "character set"),
    ],
)
def test_what_is_not_one_command_is_never_typed(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path, command: str, problem: str
) -> None:
    peer = serve(console := device())
    with connect(entry(peer.port), state=tmp_path) as session:
        with pytest.raises(ConsoleError, match=problem):
            session.send(command)
        assert session.send('description lan1 "what?"') == ""
    assert [line for line in console.entered if line] == ['description lan1 "what?"', "exit"]


def test_administrator_is_judged_by_the_prompt(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(device(), device())
    with connect(entry(peer.port), state=tmp_path) as session:
        session.administrator()
        assert session.is_administrator
        session.administrator()
    wrong = Login(
        user="admin",
        password=Secret("file:login", tmp_path),
        administrator_password=Secret("file:login", tmp_path),
    )
    with connect(entry(peer.port, login=wrong), state=tmp_path) as session:
        with pytest.raises(AuthenticationError, match="administrator password") as caught:
            session.administrator()
        assert "file:login" in caught.value.explain()
        assert session.usable


def test_a_wrong_login_password_is_named(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(device())
    wrong = Login(user="admin", password=Secret("file:administrator", tmp_path))
    with pytest.raises(AuthenticationError, match="refused the user admin"):
        connect(entry(peer.port, login=wrong), state=tmp_path)
    assert peer.connections == 1  # and is not tried again


def test_no_password_in_the_inventory_is_named_before_anything_is_sent(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(device())
    with pytest.raises(AuthenticationError, match="names no password"):
        connect(entry(peer.port, login=Login()), state=tmp_path)
    assert peer.connections == 0


def test_nobody_there_is_unreachable(entry: Entry, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(UnreachableError, match=f"127.0.0.1 port {port} refused"):
        connect(entry(port), state=tmp_path)
    with pytest.raises(UnreachableError, match="cannot be resolved"):
        connect(entry(port, host="no-such-host.invalid"), state=tmp_path)


def test_a_port_that_says_nothing_times_out(entry: Entry, tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(ConnectTimeoutError, match="handshake"),
    ):
        connect(entry(listener.getsockname()[1]), state=tmp_path, timeout=0.2)


def test_a_shell_that_closes_at_once_is_tried_once_more(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(None, device())
    connect(entry(peer.port), state=tmp_path).close()
    assert peer.connections == 2
    peer = serve(None, None, device())
    with pytest.raises(ConnectError, match=r"closed|no console"):
        connect(entry(peer.port), state=tmp_path / "other")
    assert peer.connections == 2


def test_a_refusal_on_the_console_is_passed_on(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(device(restricted=True), device())
    with pytest.raises(ConnectError, match="refuses this login") as caught:
        connect(entry(peer.port), state=tmp_path)
    assert "Login access is restricted" in caught.value.explain()
    assert peer.connections == 1


def test_an_unknown_host_key_is_accepted_only_when_asked(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(console := device(), device(), device())
    strict = entry(peer.port, known_hosts="strict")
    with pytest.raises(HostKeyError, match="not known"):
        connect(strict, state=tmp_path)
    assert console.entered == []
    connect(strict, state=tmp_path, accept_new_host_key=True).close()
    connect(strict, state=tmp_path).close()


def test_a_router_with_more_host_keys_shows_the_one_on_record(
    serve: Serve,
    entry: Entry,
    device: type[Console],
    tmp_path: Path,
    host_keys: Sequence[paramiko.PKey],
) -> None:
    peer = serve(device(), device(), keys=[host_keys[0], paramiko.ECDSAKey.generate()])
    known = f"[127.0.0.1]:{peer.port} ssh-rsa {host_keys[0].get_base64()}\n"
    (tmp_path / "known_hosts").write_text(known)
    connect(entry(peer.port, known_hosts="strict"), state=tmp_path).close()
    other = serve(device(), keys=[paramiko.ECDSAKey.generate()])
    (tmp_path / "known_hosts").write_text(known.replace(str(peer.port), str(other.port)))
    with pytest.raises(HostKeyError, match="none of that type"):
        connect(entry(other.port), state=tmp_path)


def test_a_changed_host_key_is_refused_before_the_password_is_sent(
    serve: Serve,
    entry: Entry,
    device: type[Console],
    tmp_path: Path,
    host_keys: Sequence[paramiko.PKey],
) -> None:
    connect(entry(serve(device()).port), state=tmp_path).close()
    other = serve(device(), keys=host_keys[1:])
    known = tmp_path / "known_hosts"
    recorded = known.read_text().split(" ", 1)[1]
    known.write_text(f"[127.0.0.1]:{other.port} {recorded}")
    with pytest.raises(HostKeyError, match="changed"):
        connect(entry(other.port), state=tmp_path, accept_new_host_key=True)


STOCK = {"kex": ["diffie-hellman-group14-sha1"], "keys": ["ssh-rsa"], "macs": ["hmac-sha1"]}


def test_the_best_that_old_stock_firmware_has_is_enough(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    connect(entry(serve(device(), algorithms=STOCK).port), state=tmp_path).close()


@pytest.mark.parametrize(
    ("algorithms", "kind"),
    [
        ({"kex": ["diffie-hellman-group1-sha1"]}, "key exchange"),
        ({"ciphers": ["aes128-cbc"]}, "cipher"),
        ({"macs": ["hmac-md5"]}, "message authentication"),
    ],
)
def test_what_is_older_is_named_and_needs_the_switch(
    serve: Serve,
    entry: Entry,
    device: type[Console],
    tmp_path: Path,
    algorithms: dict[str, list[str]],
    kind: str,
) -> None:
    peer = serve(device(), device(), device(), algorithms=algorithms)
    with pytest.raises(ConnectError, match=kind) as caught:
        connect(entry(peer.port), state=tmp_path)
    assert "legacy_algorithms: true" in caught.value.explain()
    connect(entry(peer.port, legacy_algorithms=True), state=tmp_path).close()


def test_closing_saves_nothing_and_dropping_does_not_log_out(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(first := device(unsaved=True), second := device(unsaved=True))
    session = connect(entry(peer.port), state=tmp_path)
    session.administrator()
    session.close()
    assert [line for line in first.entered if line] == ["administrator", "exit", "exit"]
    assert first.saved == []
    session = connect(entry(peer.port), state=tmp_path)
    session.administrator()
    session.drop()
    session.close()
    assert "exit" not in second.entered


def test_an_error_inside_the_block_drops_the_line(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    peer = serve(console := device())
    with pytest.raises(CommandError), connect(entry(peer.port), state=tmp_path) as session:
        session.run("show nonsense")
    assert "exit" not in console.entered


def test_a_router_without_a_banner_tells_in_show_environment(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    environment = "RTX830 BootROM Ver. 1.00\nRTX830 Rev.15.02.30 (Wed Jan 10 2024)\n  main: ..."
    peer = serve(device(banner=(), answers={"show environment": environment}), device(banner=()))
    with connect(entry(peer.port), state=tmp_path) as session:
        assert session.firmware == "Rev.15.02.30"
    with pytest.raises(ConnectError, match="which Yamaha router"):
        connect(entry(peer.port), state=tmp_path)


def test_no_secret_is_in_any_log_error_or_representation(
    serve: Serve,
    entry: Entry,
    device: type[Console],
    tmp_path: Path,
    secrets: SimpleNamespace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    peer = serve(device(answers={"login user bob planted-bob": "エラー: だめ"}), device())
    seen = []
    session = connect(entry(peer.port), state=tmp_path)
    session.administrator()
    with pytest.raises(YamahaOpsError) as caught:
        session.send("login user bob planted-bob")
    seen += [caught.value.explain(), repr(caught.value), repr(session)]
    seen += [repr(vars(session)), repr(vars(session._connection))]
    session.close()
    swapped = Login(
        user="admin",
        password=Secret("file:administrator", tmp_path),
        administrator_password=Secret("file:login", tmp_path),
    )
    with pytest.raises(YamahaOpsError) as caught:
        connect(entry(peer.port, login=swapped), state=tmp_path)
    seen += [caught.value.explain(), repr(caught.value), caplog.text]
    for secret in (secrets.login, secrets.administrator, "planted-bob"):
        assert not [text for text in seen if secret in text]


def test_a_silent_router_keeps_nobody_from_a_handshake(
    serve: Serve, entry: Entry, device: type[Console], tmp_path: Path
) -> None:
    one = threading.BoundedSemaphore(1)
    peer = serve(device(), device())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        silent = entry(listener.getsockname()[1])

        def wait() -> None:
            with pytest.raises(ConnectError):
                connect(silent, state=tmp_path, timeout=30, handshakes=one)

        thread = threading.Thread(target=wait)
        thread.start()
        for _ in range(2):
            connect(entry(peer.port), state=tmp_path, handshakes=one).drop()
        assert thread.is_alive()
    thread.join()  # the port is closed, and with it the connection
    assert one.acquire(blocking=False)  # whatever happened, every place was given back
