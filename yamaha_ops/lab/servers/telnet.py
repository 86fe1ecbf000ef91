"""Telnet: the console over a bare TCP connection with a little negotiation."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

from yamaha_ops.lab.console import Console, Peer
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.servers.port import Port

if TYPE_CHECKING:
    import socket

    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.servers.wire import Wire

FIDELITY: Final = (
    documented("`telnetd service` on, `telnetd host` any unless set", "REF 4.38, 4.40"),
    assumed(
        "The router offers to echo and to suppress go-ahead, and refuses everything else", "RFC 854"
    ),
    assumed("CR LF counts as two ends of line, CR NUL as one", "as over SSH"),
)

IAC: Final = 255
DONT, DO, WONT, WILL, SB, SE = 254, 253, 252, 251, 250, 240
ECHO: Final = 1
SUPPRESS_GO_AHEAD: Final = 3
HELLO: Final = bytes([IAC, WILL, ECHO, IAC, WILL, SUPPRESS_GO_AHEAD])


class TelnetServer:
    """The telnet port of one router."""

    def __init__(self, router: EmulatedRouter, port: int, wire: Wire) -> None:
        self.router = router
        self.wire = wire
        self.clients: set[asyncio.Transport] = set()
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[object]] = set()
        self.port = Port(port, self._accept)
        router.observers.append(self._power)
        self._power(router.on)

    @property
    def number(self) -> int:
        """The port's number."""
        return self.port.number

    def close(self) -> None:
        """Close the port and every connection."""
        self.router.observers.remove(self._power)
        self._power(False)  # noqa: FBT003 -- an observer takes the new state
        self.port.close()

    def _power(self, on: bool) -> None:  # noqa: FBT001 -- an observer takes the new state
        if on:
            self.port.open()
            return
        self.port.shut()
        for transport in tuple(self.clients):
            transport.abort()

    def _accept(self, connection: socket.socket) -> None:
        refused = self.wire.faults.refuse_connections
        if refused or self.router.view.value("telnetd", "service", default="on") != "on":
            connection.close()
            return
        made = self._loop.connect_accepted_socket(lambda: _Client(self), connection)
        task: asyncio.Task[object] = self._loop.create_task(made)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _Client(asyncio.Protocol):
    def __init__(self, server: TelnetServer) -> None:
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._console: Console | None = None
        self._command = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        client = cast("asyncio.Transport", transport)
        self._transport = client
        self._server.clients.add(client)
        client.write(HELLO)

        def write(data: bytes) -> None:
            client.write(data.replace(b"\xff", b"\xff\xff"))

        send, close = self._server.wire.attach(write, client.close, client.abort)
        address = client.get_extra_info("peername")[0]
        self._console = Console(self._server.router, Peer("telnet", address), send, close)
        self._console.start()

    def data_received(self, data: bytes) -> None:
        typed = bytes(byte for byte in data if self._is_typed(byte))
        if self._console is not None and typed:
            self._console.feed(typed)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._transport is not None:
            self._server.clients.discard(self._transport)
        if self._console is not None:
            self._console.hang_up()

    def _is_typed(self, byte: int) -> bool:
        """Tell whether a byte was typed; take telnet commands out on the way."""
        command = self._command
        if not command:
            if byte == IAC:
                command.append(byte)
                return False
            return byte != 0
        if len(command) == 1 and byte == IAC:
            command.clear()
            return True
        command.append(byte)
        self._finish_command(command)
        return False

    def _finish_command(self, command: bytearray) -> None:
        verb = command[1]
        if verb == SB:
            if command[-2:] == bytes([IAC, SE]):
                command.clear()
        elif verb not in (DO, DONT, WILL, WONT):
            command.clear()
        elif len(command) == 3:  # noqa: PLR2004 -- IAC, verb, option
            option = command[2]
            if verb == DO and option not in (ECHO, SUPPRESS_GO_AHEAD):
                self._reply(WONT, option)
            elif verb == WILL:
                self._reply(DONT, option)
            command.clear()

    def _reply(self, verb: int, option: int) -> None:
        if self._transport is not None:
            self._transport.write(bytes([IAC, verb, option]))
