"""TFTP (RFC 1350): the router as the server, without options (REF 2.3, 4.54)."""

from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING, Any, Final, cast

from yamaha_ops.lab.accounts import host_allowed
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.servers.port import HOST
from yamaha_ops.lab.transfer import Refused, fetch, store

if TYPE_CHECKING:
    from yamaha_ops.lab.faults import Faults
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    documented("Only hosts that `tftp host` names are served; none by default", "REF 4.54"),
    assumed("Another host gets error 2 (access violation)", "not stated"),
    assumed("Options of RFC 2347 are ignored: blocks have 512 bytes", "REF names none"),
    assumed("An unanswered block is sent again after a second, four times", "usual practice"),
)

READ, WRITE, DATA, ACK, ERROR = 1, 2, 3, 4, 5
BLOCK: Final = 512
AGAIN_SECONDS: Final = 1.0
TRIES: Final = 5
Address = tuple[str, int]


class TftpServer:
    """The TFTP port of one router."""

    def __init__(self, router: EmulatedRouter, port: int, faults: Faults) -> None:
        self.router = router
        self.faults = faults
        self.number = port
        self.transfers: set[_Transfer] = set()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Bind the port and serve while the router is on."""
        self._transport, _ = await self._loop.create_datagram_endpoint(
            lambda: _Listener(self), local_addr=(HOST, self.number)
        )
        self.number = self._transport.get_extra_info("sockname")[1]

    def close(self) -> None:
        """Give the port back; transfers stop."""
        for transfer in tuple(self.transfers):
            transfer.finish()
        if self._transport is not None:
            self._transport.close()

    def request(self, packet: bytes, client: Address) -> None:
        """Begin a transfer from a port of its own, as RFC 1350 wants it."""
        if not self.router.on:
            return
        code, *_ = struct.unpack("!H", packet[:2])
        name, mode, *_ = (*packet[2:].split(b"\0"), b"", b"")
        transfer = _Transfer(self, client)
        self.transfers.add(transfer)
        made = self._loop.create_datagram_endpoint(lambda: transfer, local_addr=(HOST, 0))
        task = self._loop.create_task(made)
        task.add_done_callback(
            lambda _: transfer.begin(code, name.decode("cp932", "replace"), mode.lower())
        )


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, server: TftpServer) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if len(data) > 2 and not _lost(self._server.faults):  # noqa: PLR2004 -- the opcode
            self._server.request(data, addr)


class _Transfer(asyncio.DatagramProtocol):
    """One file on its way in or out."""

    def __init__(self, server: TftpServer, client: Address) -> None:
        self._server = server
        self._client = client
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.DatagramTransport | None = None
        self._name = ""
        self._data = bytearray()
        self._block = 0
        self._sending = False
        self._ended = False
        self._last = b""
        self._tries = 0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def begin(self, code: int, name: str, mode: bytes) -> None:
        """Answer the request."""
        self._name = name
        try:
            self._admit(code, mode)
            if code == READ:
                self._sending = True
                self._data += fetch(self._server.router, name)
                self._next()
            else:
                store(self._server.router, name, None)
                self._send(struct.pack("!HH", ACK, 0))
        except Refused as refusal:
            self._fail(refusal)

    def _admit(self, code: int, mode: bytes) -> None:
        view = self._server.router.view
        if not host_allowed(view, view.first("tftp", "host") or ("none",), self._client[0]):
            raise Refused(2, "Access violation")
        if mode not in {b"octet", b"netascii"} or code not in {READ, WRITE}:
            raise Refused(4, "Illegal TFTP operation")

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        if addr != self._client or len(data) < 4 or _lost(self._server.faults):  # noqa: PLR2004 -- a header
            return
        code, block = struct.unpack("!HH", data[:4])
        if code == ERROR:
            self.finish()
        elif self._sending and code == ACK and block == self._block & 0xFFFF:
            if self._ended:
                self.finish()
            else:
                self._next()
        elif not self._sending and code == DATA:
            self._take(block, data[4:])

    def _next(self) -> None:
        piece = bytes(self._data[self._block * BLOCK : (self._block + 1) * BLOCK])
        self._block += 1
        self._ended = len(piece) < BLOCK
        self._send(struct.pack("!HH", DATA, self._block & 0xFFFF) + piece)

    def _take(self, block: int, piece: bytes) -> None:
        if block == (self._block + 1) & 0xFFFF and not self._ended:
            self._block += 1
            self._data += piece
            if len(piece) != BLOCK:
                # What is not a whole block is the last one, even where a client that was refused
                # its bigger blocks sends those.
                self._ended = True
                try:
                    store(self._server.router, self._name, bytes(self._data))
                except Refused as refusal:
                    self._fail(refusal)
                    return
        self._send(struct.pack("!HH", ACK, self._block & 0xFFFF))
        if self._ended and self._timer is not None:
            # Nobody answers the last acknowledgement: stay only to repeat it if it was lost.
            self._timer.cancel()
            self._timer = self._loop.call_later(AGAIN_SECONDS * 2, self.finish)

    def _send(self, packet: bytes) -> None:
        self._last = packet
        self._tries = 0
        self._transmit()

    def _transmit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._tries += 1
        if self._tries > TRIES or self._transport is None:
            self.finish()
            return
        if not _lost(self._server.faults):
            self._transport.sendto(self._last, self._client)
        self._timer = self._loop.call_later(AGAIN_SECONDS, self._transmit)

    def _fail(self, refusal: Refused) -> None:
        if self._transport is not None:
            text = refusal.text.encode()
            packet = struct.pack("!HH", ERROR, refusal.code) + text + b"\0"
            self._transport.sendto(packet, self._client)
        self.finish()

    def finish(self) -> None:
        """Close the transfer's port."""
        if self._timer is not None:
            self._timer.cancel()
        self._server.transfers.discard(self)
        if self._transport is not None:
            self._transport.close()


def _lost(faults: Faults) -> bool:
    return faults.tftp_loss > 0 and faults.random.random() < faults.tftp_loss
