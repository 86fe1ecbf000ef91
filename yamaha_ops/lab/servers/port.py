"""One TCP port of a router: open while the router is on, refused while it is off."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import ConnectError

if TYPE_CHECKING:
    from collections.abc import Callable

HOST: Final = "127.0.0.1"
BACKLOG: Final = 16


class Port:
    """A listening socket without a task: the event loop calls back for each connection.

    A second, never listening socket keeps the number reserved while the router is off, so that
    clients are refused and no other program gets the port.
    """

    def __init__(self, number: int, accept: Callable[[socket.socket], None]) -> None:
        self._accept = accept
        self._loop = asyncio.get_running_loop()
        self._reserved = _bound(number)
        self.number: int = self._reserved.getsockname()[1]
        self._listening: socket.socket | None = None

    def open(self) -> None:
        """Begin to listen."""
        if self._listening is None:
            listening = _bound(self.number)
            listening.listen(BACKLOG)
            listening.setblocking(False)  # noqa: FBT003 -- the socket's own signature
            self._loop.add_reader(listening.fileno(), self._ready)
            self._listening = listening

    def shut(self) -> None:
        """Stop listening; the number stays reserved."""
        if self._listening is not None:
            self._loop.remove_reader(self._listening.fileno())
            self._listening.close()
            self._listening = None

    def close(self) -> None:
        """Give the number back."""
        self.shut()
        self._reserved.close()

    def _ready(self) -> None:
        assert self._listening is not None  # noqa: S101 -- the reader is removed with it
        try:
            connection, _ = self._listening.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        connection.setblocking(False)  # noqa: FBT003 -- the socket's own signature
        self._accept(connection)


def _bound(number: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((HOST, number))
    except OSError as error:
        opened.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise ConnectError(
                f"port {number} of {HOST} cannot be had: {error.strerror}",
                hint="choose another port, or 0 for any free one",
            ) from error
        raise
    return opened
