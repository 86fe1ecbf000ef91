"""The byte stream of one console, and its one real form: the shell channel of an SSH connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, cast

if TYPE_CHECKING:
    import paramiko

    from yamaha_ops.router.inbox import Inbox

_CHUNK: Final = 65_536
_SEND_SECONDS: Final = 10.0


class Wire(Protocol):
    """Bytes to and from a router, nothing more."""

    def receive(self, seconds: float, until: bytes = b"") -> bytes:
        """Return what has come, waiting at most so long for the first byte; empty if none came.

        Args:
            seconds: How long to wait.
            until: The prompts that end what is awaited, where they are known: less need not be
                returned before they have come, or for a second.

        Raises:
            EOFError: The router closed the stream.
        """
        ...

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            OSError: The stream is closed or takes nothing any more.
        """
        ...


class ChannelWire:
    """A paramiko channel with an inbox of ours. It waits for that and never polls."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._inbox = cast("Inbox", channel.in_buffer)

    def receive(self, seconds: float, until: bytes = b"") -> bytes:
        """See :meth:`Wire.receive`."""
        self._inbox.await_end(until)
        if not (seconds > 0 or self._channel.recv_ready() or self._ended):
            return b""  # without the price of an exception
        self._channel.settimeout(max(0.0, seconds))
        try:
            data = self._channel.recv(_CHUNK)
        except TimeoutError:
            return b""
        if not data:
            raise EOFError
        return data

    @property
    def _ended(self) -> bool:
        return self._channel.closed or bool(self._channel.eof_received)

    def send(self, data: bytes) -> None:
        """See :meth:`Wire.send`."""
        self._channel.settimeout(_SEND_SECONDS)
        self._channel.sendall(data)
