"""TCP and UDP sockets of Lua scripts, with LuaSocket's methods, on loopback."""

from __future__ import annotations

import socket
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.lua.sockets import Sockets

T = TypeVar("T")
Answer = tuple[Any, ...]

HOST: Final = "127.0.0.1"
PIECE: Final = 8192
LONGEST: Final = 1 << 20
"""Bytes that ``receive("*a")`` gathers at most."""
WORDS: Final = {
    ConnectionRefusedError: "connection refused",
    ConnectionResetError: "closed",
    ConnectionAbortedError: "closed",
    BrokenPipeError: "closed",
    TimeoutError: "timeout",
}


class Endpoint:
    """What TCP and UDP have in common."""

    protocol = ""

    def __init__(self, sockets: Sockets, real: socket.socket) -> None:
        real.setblocking(False)  # noqa: FBT003 -- the socket's own signature
        self.socket = real
        self.open = True
        self._sockets = sockets
        self._seconds: float | None = None
        self._bound: tuple[str, int] | None = None

    @property
    def holds(self) -> bool:
        """Whether something was read already that nobody took."""
        return False

    def settimeout(self, seconds: float | None, _mode: str | None = None) -> Answer:
        """Set how long an operation may take; none or negative: as long as it takes."""
        self._seconds = None if seconds is None or seconds < 0 else float(seconds)
        return (1,)

    def setoption(self, _name: str, _value: Any = None) -> Answer:
        """Take an option; loopback needs none."""
        return (1,)

    def bind(self, address: str, port: float) -> Answer:
        """Open a port of the router."""
        anywhere = address in {"*", "0.0.0.0"}  # noqa: S104 -- the router's any; loopback here
        if not anywhere and not self._is_own(address):
            return None, "cannot assign requested address"
        number, ports = int(port), self._sockets.ports
        if number and (self.protocol, number) in ports:
            return None, "address already in use"
        self.socket.bind((HOST, 0))
        real = self.socket.getsockname()[1]
        number = number or real
        ports[self.protocol, number] = real
        self._bound = (address.replace("*", "0.0.0.0"), number)  # noqa: S104 -- see above
        return (1,)

    def _is_own(self, address: str) -> bool:
        return address.startswith("127.") or address in self._sockets.own()

    def getsockname(self) -> Answer:
        """Return address and port of this side, as the router numbers them."""
        return self._bound or self._named(self.socket.getsockname)

    def getpeername(self) -> Answer:
        """Return address and port of the other side."""
        return self._named(self.socket.getpeername)

    def _named(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except OSError:
            return None, "not connected"

    def close(self) -> Answer:
        """Close it and give the port back."""
        if self.open:
            self.open = False
            if self._bound:
                self._sockets.ports.pop((self.protocol, self._bound[1]), None)
            self.socket.close()
        return (1,)

    def _patiently(self, act: Callable[[], T], *, write: bool = False) -> T:
        """Do something, and wait with the router's patience where it cannot be done yet.

        Raises:
            OSError: It failed, or its time is over.
        """
        while True:
            try:
                return act()
            except BlockingIOError:
                both = ([], [self.socket]) if write else ([self.socket], [])
                if not self._sockets.rest(*both, self._seconds):
                    raise TimeoutError from None


class Tcp(Endpoint):
    """A TCP socket in any of its states: new, listening, connected."""

    protocol = "tcp"

    def __init__(self, sockets: Sockets, real: socket.socket) -> None:
        super().__init__(sockets, real)
        self._read = b""
        self._ended = False
        self.received = self.sent = 0

    @property
    def holds(self) -> bool:
        """Whether something was read already that nobody took."""
        return bool(self._read) or self._ended

    def listen(self, backlog: float | None = None) -> Answer:
        """Wait for connections."""
        if not self._bound:
            return None, "not bound"
        self.socket.listen(int(backlog or 32))
        return (1,)

    def accept(self) -> Answer:
        """Return the next connection."""
        try:
            connection, _ = self._patiently(self.socket.accept)
        except OSError as error:
            return None, _word(error)
        return self._sockets.accepted(connection)

    def connect(self, address: str, port: float) -> Answer:
        """Connect to loopback, or to a script of this router."""
        where = self._sockets.real(self.protocol, address, int(port))
        if where is None:
            return None, "connection refused"
        try:
            self.socket.connect(where)
        except BlockingIOError:
            if not self._sockets.rest([], [self.socket], self._seconds):
                return None, "timeout"
        except OSError as error:
            return None, _word(error)
        failed = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        return (None, _word(OSError(failed, ""))) if failed else (1,)

    def send(self, text: Any, first: float | None = None, last: float | None = None) -> Answer:
        """Send a text; return the position of the last byte sent."""
        data = str(text).encode("latin-1")
        start = int(first or 1) - 1
        end = len(data) if last is None or last < 0 else int(last)
        while start < end:
            piece = data[start : min(end, start + PIECE)]
            try:
                done = self._patiently(partial(self.socket.send, piece), write=True)
            except OSError as error:
                return None, _word(error), start
            start += done
            self.sent += done
        return (end,)

    def receive(self, wanted: Any = None, before: str | None = None) -> Answer:
        """Receive a line, a count of bytes, or all until the end (``*l``, number, ``*a``)."""
        prefix = (before or "").encode("latin-1")
        count = None
        if isinstance(wanted, (int, float)):
            count = max(int(wanted) - len(prefix), 0)
        line = wanted in {None, "*l"}
        while True:
            if count is not None and len(self._read) >= count:
                return (self._taken(prefix, count),)
            if line and b"\n" in self._read:
                text = self._taken(prefix, self._read.index(b"\n") + 1)
                return (text[:-1].replace("\r", ""),)
            try:
                self._more()
            except OSError as error:
                return None, _word(error), self._taken(prefix, len(self._read))
            if self._ended:
                rest = self._taken(prefix, len(self._read))
                if wanted == "*a":
                    return (rest,)
                return None, "closed", rest

    def _more(self) -> None:
        if self._ended or len(self._read) >= LONGEST:
            self._ended = True
            return
        piece = self._patiently(lambda: self.socket.recv(PIECE))
        self._read += piece
        self.received += len(piece)
        self._ended = not piece

    def _taken(self, prefix: bytes, count: int) -> str:
        data, self._read = self._read[:count], self._read[count:]
        return (prefix + data).decode("latin-1")

    def shutdown(self, mode: str | None = None) -> Answer:
        """Close one direction, or both."""
        hows = {"receive": socket.SHUT_RD, "send": socket.SHUT_WR}
        try:
            self.socket.shutdown(hows.get(str(mode), socket.SHUT_RDWR))
        except OSError as error:
            return None, _word(error)
        return (1,)

    def getstats(self) -> Answer:
        """Return bytes received and sent."""
        return self.received, self.sent

    def setstats(self, received: float, sent: float) -> Answer:
        """Set what :meth:`getstats` counts from."""
        self.received, self.sent = int(received or 0), int(sent or 0)
        return (1,)


class Udp(Endpoint):
    """A UDP socket."""

    protocol = "udp"

    def __init__(self, sockets: Sockets, real: socket.socket) -> None:
        super().__init__(sockets, real)
        self._peer: tuple[str, int] | None = None

    def setpeername(self, address: str, port: float | None = None) -> Answer:
        """Talk to one other side only; ``*`` ends that."""
        self._peer = None if address == "*" else (address, int(port or 0))
        return (1,)

    def getpeername(self) -> Answer:
        """Return address and port of the other side."""
        return self._peer or (None, "not connected")

    def send(self, text: Any) -> Answer:
        """Send to the other side that :meth:`setpeername` chose."""
        return self.sendto(text, *self._peer) if self._peer else (None, "not connected")

    def sendto(self, text: Any, address: str, port: float) -> Answer:
        """Send a datagram; what does not stay on this machine is lost."""
        where = self._sockets.real(self.protocol, address, int(port))
        data = str(text).encode("latin-1")
        if where is not None:
            try:
                self._patiently(lambda: self.socket.sendto(data, where), write=True)
            except OSError as error:
                return None, _word(error)
        return (1,)

    def receive(self, size: float | None = None) -> Answer:
        """Receive a datagram."""
        found = self.receivefrom(size)
        return found if found[0] is None else found[:1]

    def receivefrom(self, size: float | None = None) -> Answer:
        """Receive a datagram; return it with address and port of its sender."""
        try:
            data, (address, port) = self._patiently(
                lambda: self.socket.recvfrom(int(size or PIECE))
            )
        except OSError as error:
            return None, _word(error)
        return data.decode("latin-1"), address, port


def _word(error: OSError) -> str:
    return WORDS.get(type(error)) or (error.strerror or str(error)).lower()
