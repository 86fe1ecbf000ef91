"""A console written from the facts, for two kinds of wire: one with its own time, one of sockets.

It is deliberately small and knows nothing of the client. The emulated router of the lab is the
partner for everything that needs a real configuration.
"""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import paramiko
import pytest
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from yamaha_ops.inventory import Login, Router, Secret
from yamaha_ops.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from pathlib import Path

    from yamaha_ops.lab import LabRouter

BANNER = (
    "RTX830 Rev.15.02.22 (Mon Dec 20 18:20:29 2021)",
    "Copyright (c) 1994-2021 Yamaha Corporation. All Rights Reserved.",
    "To display the software copyright statement, use 'show copyright' command.",
    "00:a0:de:00:00:01, 00:a0:de:00:00:02",
    "Memory 256Mbytes, 2LAN",
)
CODECS = {"ja.sjis": "cp932", "ja.euc": "euc_jp", "ja.utf8": "utf-8", "en.ascii": "ascii"}
MARKS = {"ascii": ("---more---", 10)}
ADMINISTRATOR_PASSWORD = "planted-administrator-0000"
LOGIN_PASSWORD = "planted-login-1111"


class HangUp(Exception):  # noqa: N818 -- the router's act, not an error
    """The console closes the line."""


@dataclass
class Console:
    """One console: what it prints is yielded, what is typed is taken from ``keys``.

    A ``None`` is yielded when a key is needed and none is there.
    """

    answers: dict[str, str] = field(default_factory=dict)
    name: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    banner: Sequence[str] = BANNER
    loses_first_line: bool = False
    flushes_typed_ahead: bool = False
    forgets_typed_ahead: bool = False
    echoes_at_once: bool = False
    unsaved: bool = False
    one_key_answers: bool = True
    restricted: bool = False
    user_may_see_configuration: bool = True
    level: str = ">"
    context: str = ""
    keys: deque[int] = field(default_factory=deque)
    entered: list[str] = field(default_factory=list)
    saved: list[list[str]] = field(default_factory=list)

    @property
    def codec(self) -> str:
        return CODECS[self.settings.get("character", "ja.sjis")]

    @property
    def columns(self) -> int:
        return int(self.settings.get("columns", "80"))

    @property
    def lines(self) -> int:
        value = self.settings.get("lines", "24")
        return 10**9 if value == "infinity" else int(value)

    def say(self, japanese: str, english: str) -> str:
        return english if self.codec == "ascii" else japanese

    def configuration(self) -> list[str]:
        console = [f"console {name} {value}" for name, value in self.settings.items()]
        return ["# RTX830 Rev.15.02.22 (Mon Dec 20 18:20:29 2021)", *self.others, *console]

    def run(self) -> Iterator[bytes | None]:
        if self.restricted:
            yield b"Error: Login access is restricted.\r\n"
            raise HangUp
        yield from self.show(self.banner)
        if self.loses_first_line:
            yield self.prompt()
            yield from self.typed()
        while True:
            yield self.prompt()
            line = yield from self.typed()
            self.entered.append(line)
            if self.forgets_typed_ahead:
                self.keys.clear()
            yield from self.execute(line)

    def prompt(self) -> bytes:
        return f"{self.name}{self.context}{self.level} ".encode()

    def key(self) -> Generator[None, None, int]:
        while not self.keys:
            yield None
        return self.keys.popleft()

    def typed(self, *, echo: bool = True) -> Generator[bytes | None, None, str]:
        line = bytearray()
        while (key := (yield from self.key())) not in b"\r\n":
            line.append(key)
            if echo and not self.echoes_at_once:
                yield bytes([key])
        if not self.echoes_at_once:
            yield b"\r\n"
        return line.decode("cp932").strip()

    def rows(self, lines: Sequence[str]) -> Iterator[str]:
        for line in lines:
            row, used = "", 0
            for character in line:
                width = 1 if character.isascii() else 2
                if used + width > self.columns - 1:
                    yield row
                    row, used = "", 0
                row += character
                used += width
            yield row

    def show(self, lines: Sequence[str]) -> Iterator[bytes | None]:
        left = self.lines - 1
        for row in self.rows(lines):
            if not left:
                left = yield from self.more()
            yield row.encode(self.codec, "replace") + b"\r\n"
            left -= 1

    def more(self) -> Generator[bytes | None, None, int]:
        mark, width = MARKS.get(self.codec, ("---つづく---", 12))
        if self.flushes_typed_ahead:
            self.keys.clear()
        yield mark.encode(self.codec)
        key = yield from self.key()
        yield b"\r" + b" " * width + b"\r"
        return self.lines - 1 if key == ord(" ") else 1

    def execute(self, line: str) -> Iterator[bytes | None]:
        words = line.split()
        if line in self.answers:
            yield from self.show(self.answers[line].split("\n"))
        elif line == "administrator":
            yield from self.step_up()
        elif line == "exit":
            yield from self.leave()
        elif line == "save":
            self.saved.append(self.configuration())
            yield from self.show([self.say("セーブ中... CONFIG0 終了", "Saving ... CONFIG0 Done")])
        elif line.startswith("show "):
            yield from self.inform(line)
        elif words[:1] == ["no"]:
            self.settings.pop(words[2], None)
        elif words[:2] == ["console", "prompt"]:
            self.name = words[2]
        elif words[:1] == ["console"]:
            self.settings[words[1]] = words[2]
        elif words[1:2] == ["select"]:
            self.context = "" if words[2] == "none" else words[0] + words[2]

    def step_up(self) -> Iterator[bytes | None]:
        yield b"Password: "
        if (yield from self.typed(echo=False)) == ADMINISTRATOR_PASSWORD:
            self.level = "#"
        else:
            yield from self.error("パスワードが間違っています", "Incorrect password")

    def inform(self, line: str) -> Iterator[bytes | None]:
        if not line.startswith("show config"):
            yield from self.error("コマンド名を確認してください", "Invalid command name")
        elif self.level == ">" and not self.user_may_see_configuration:
            yield from self.error(
                "このコマンドは管理レベルでのみ使用できます", "Administrator use only"
            )
        elif line == "show config":
            yield from self.show(self.configuration())
        else:
            found = [row for row in self.configuration() if "console" in row]
            yield from self.show([self.say("検索中 ...", "Searching ..."), *found])

    def error(self, japanese: str, english: str) -> Iterator[bytes | None]:
        yield from self.show([self.say("エラー: " + japanese, "Error: " + english)])

    def leave(self) -> Iterator[bytes | None]:
        if self.level == ">":
            raise HangUp
        if self.unsaved:
            question = self.say("新しい設定を保存しますか? (Y/N)", "Save new configuration ? (Y/N)")
            yield question.encode(self.codec)
            if self.one_key_answers:
                answer = chr((yield from self.key()))
                yield answer.encode() + b"\r\n"
            else:
                answer = yield from self.typed()
            if answer == "Y":
                self.saved.append(self.configuration())
        self.level = ">"


Pause = Callable[[bytearray], float | None]
"""Called with the chunk so far after each byte; seconds to pause there, or None to go on."""


def after(marks: Sequence[bytes], seconds: float) -> Pause:
    """Pause after each of these byte strings, in this order, once each."""
    left = list(marks)

    def pause(chunk: bytearray) -> float | None:
        if left and chunk.endswith(left[0]):
            del left[0]
            return seconds
        return None

    return pause


def chunked(sizes: Sequence[tuple[int, float]]) -> Pause:
    """Send chunks of these sizes, each followed by its pause; then the rest at once."""
    left = list(sizes)

    def pause(chunk: bytearray) -> float | None:
        if left and len(chunk) >= left[0][0]:
            return left.pop(0)[1]
        return None

    return pause


class TimedWire:
    """A wire with a time of its own: the router pauses where a test says so, and nobody sleeps."""

    def __init__(self, console: Console, pause: Pause | None = None) -> None:
        self.console = console
        self.now = 0.0
        self.sent = b""
        self.ready: deque[tuple[float, bytes]] = deque()
        self.pause: Pause = pause or (lambda _: None)
        self._running = console.run()
        self._chunk = bytearray()
        self._router_time = 0.0
        self._hung_up = False

    def clock(self) -> float:
        return self.now

    def send(self, data: bytes) -> None:
        if self._hung_up:
            raise OSError("Socket is closed")
        self.sent += data
        if self.console.echoes_at_once:
            coming = sum(when <= self.now for when, _ in self.ready)
            self.ready.insert(coming, (self.now, data.replace(b"\r", b"\r\n")))
        self.console.keys.extend(data)
        self._router_time = max(self._router_time, self.now)
        self._advance()

    def receive(self, seconds: float, until: bytes = b"") -> bytes:  # noqa: ARG002 -- a hint
        self._advance()
        if self.ready and self.ready[0][0] <= self.now + seconds:
            when, data = self.ready.popleft()
            self.now = max(self.now, when)
            return data
        if self._hung_up and not self.ready:
            raise EOFError
        self.now += seconds
        return b""

    def _advance(self) -> None:
        try:
            for data in self._running:
                if data is None:
                    break
                for byte in data:
                    self._chunk.append(byte)
                    seconds = self.pause(self._chunk)
                    if seconds is not None:
                        self._flush()
                        self._router_time += seconds
        except HangUp:
            self._hung_up = True
        self._flush()

    def _flush(self) -> None:
        if self._chunk:
            self.ready.append((self._router_time, bytes(self._chunk)))
            self._chunk.clear()


@pytest.fixture(scope="session")
def device() -> type[Console]:
    """The console, to be made with what a test needs of it."""
    return Console


@pytest.fixture(scope="session")
def wire() -> type[TimedWire]:
    """The wire with a time of its own."""
    return TimedWire


@pytest.fixture(scope="session")
def pauses() -> SimpleNamespace:
    """Ways to pause: ``after`` and ``chunked``."""
    return SimpleNamespace(after=after, chunked=chunked)


@pytest.fixture(scope="session")
def secrets() -> SimpleNamespace:
    """The planted secrets: ``login`` and ``administrator``."""
    return SimpleNamespace(login=LOGIN_PASSWORD, administrator=ADMINISTRATOR_PASSWORD)


class _Login(paramiko.ServerInterface):
    def __init__(self) -> None:
        self.shell = threading.Event()

    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == ("admin", LOGIN_PASSWORD)
        return int(AUTH_SUCCESSFUL if good else AUTH_FAILED)

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002 -- the base's signature
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002 -- as above
        return int(OPEN_SUCCEEDED)

    def check_channel_pty_request(self, *_: object) -> bool:
        return True

    def check_channel_shell_request(self, channel: paramiko.Channel) -> bool:  # noqa: ARG002 -- as above
        self.shell.set()
        return True


class SshPeer:
    """An SSH server on loopback whose connections each get a console.

    Args:
        keys: Its host keys.
        consoles: One for each connection, in order; None closes the shell at once.
        algorithms: paramiko's names of lists (``kex``, ``ciphers`` ...) and what to offer.
    """

    def __init__(
        self,
        keys: Sequence[paramiko.PKey],
        consoles: Sequence[Console | None],
        algorithms: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._keys = keys
        self.connections = 0
        self._consoles = deque(consoles)
        self._algorithms = algorithms or {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._transports: list[paramiko.Transport] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for transport in self._transports:
            transport.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while self._consoles:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(
                target=self._serve, args=(connection, self._consoles.popleft()), daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, console: Console | None) -> None:
        transport = paramiko.Transport(connection)
        self._transports.append(transport)
        for key in self._keys:
            transport.add_server_key(key)
        for kind, names in self._algorithms.items():
            setattr(transport, f"_preferred_{kind}", tuple(names))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=(login := _Login()))
            channel = None
            while channel is None and transport.is_active():
                channel = transport.accept(0.02)
            if channel and console and login.shell.wait(5):
                _talk(console, channel)
            if channel:
                channel.close()
                transport.join(2)  # what was sent must arrive before the connection goes
        transport.close()
        connection.close()


def _talk(console: Console, channel: paramiko.Channel) -> None:
    running = console.run()
    hung_up = False
    while not hung_up:
        said = bytearray()
        try:
            while (data := next(running)) is not None:
                said += data
        except HangUp:
            hung_up = True
        channel.sendall(bytes(said))
        if not hung_up:
            typed = channel.recv(4096)
            hung_up = not typed
            console.keys.extend(typed)


@pytest.fixture(scope="session")
def host_keys() -> Sequence[paramiko.RSAKey]:
    return [paramiko.RSAKey.generate(2048) for _ in range(2)]


@pytest.fixture
def serve(host_keys: Sequence[paramiko.RSAKey]) -> Iterator[Callable[..., SshPeer]]:
    """Start an SSH server with these consoles, by default with the first of the host keys."""
    peers: list[SshPeer] = []

    def start(
        *consoles: Console | None,
        keys: Sequence[paramiko.PKey] | None = None,
        algorithms: Mapping[str, Sequence[str]] | None = None,
    ) -> SshPeer:
        peers.append(SshPeer(keys or host_keys[:1], consoles, algorithms))
        return peers[-1]

    yield start
    for peer in peers:
        peer.close()


@pytest.fixture
def entry(tmp_path: Path) -> Callable[..., Router]:
    """Make an inventory entry whose secrets are real references."""
    (tmp_path / "login").write_text(LOGIN_PASSWORD)
    (tmp_path / "administrator").write_text(ADMINISTRATOR_PASSWORD)
    login = Login(
        user="admin",
        password=Secret("file:login", tmp_path),
        administrator_password=Secret("file:administrator", tmp_path),
    )

    def make(port: int, **changes: object) -> Router:
        usual = {"name": "home", "host": "127.0.0.1", "port": port, "known_hosts": "first-use"}
        return Router.model_validate({"login": login, **usual, **changes})

    return make


@pytest.fixture
def start(lab: Lab) -> Iterator[Callable[..., LabRouter]]:
    """Start an emulated router with the planted passwords."""
    started: list[LabRouter] = []

    def begin(**changes: Any) -> LabRouter:
        router = lab.start(
            password=LOGIN_PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD, **changes
        )
        started.append(router)
        return router

    yield begin
    for router in started:
        router.stop()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One lab for the whole run."""
    with Lab(keys=tmp_path_factory.mktemp("keys")) as lab:
        yield lab


@pytest.fixture
def emulated(start: Callable[..., LabRouter]) -> LabRouter:
    """Return an emulated router in its factory state, with the planted passwords."""
    return start()
