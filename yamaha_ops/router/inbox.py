"""What has come over a channel and was not read yet; it wakes its reader seldom.

paramiko's pipe wakes the reader at every packet. Python runs one thread at a time, so each time the
two threads stop one another, which costs more than decrypting the packet did. A reader that says
what it waits for is left alone meanwhile.
"""

from __future__ import annotations

from threading import Condition, Lock
from typing import Final

from paramiko.buffered_pipe import PipeTimeout

HELD: Final = 1.0
"""The longest time that what has come is held back, in seconds."""


class Inbox:
    """A channel's pipe, with all that reading a channel needs: paramiko's thread feeds it."""

    def __init__(self) -> None:
        self._come = bytearray()
        self._over = False
        self._change = Condition(Lock())
        self._until = b""
        self._ordinary: tuple[bytes, ...] = ()

    def await_end(self, until: bytes) -> None:
        """Say what the reader waits for.

        Args:
            until: Prompts, each on a line of its own. What ends with one prompt or with a whole
                line is held back until it ends with all of them; empty holds back nothing.
        """
        if until != self._until:
            self._until = until
            self._ordinary = (b"\n", until[until.rfind(b"\n") + 1 :])

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        with self._change:
            self._come += data
            if self._is_ripe():
                self._change.notify_all()

    def read(self, nbytes: int, timeout: float | None = None) -> bytes:
        """Return what has come; nothing once the pipe is closed and empty.

        Raises:
            PipeTimeout: Nothing came in so many seconds, or in the time that it may be held back.
        """
        if self._until:
            timeout = HELD if timeout is None else min(timeout, HELD)
        with self._change:
            if timeout != 0.0:
                self._change.wait_for(lambda: self._over or self._is_ripe(), timeout)
            if not (self._come or self._over):
                raise PipeTimeout
            data = bytes(self._come[:nbytes])
            del self._come[:nbytes]
            return data

    def read_ready(self) -> bool:
        """Tell whether something has come."""
        return bool(self._come)

    def empty(self) -> bytes:
        """Return all that has come."""
        with self._change:
            data = bytes(self._come)
            self._come.clear()
            return data

    def close(self) -> None:
        """Let nobody wait any more."""
        with self._change:
            self._over = True
            self._change.notify_all()

    def __len__(self) -> int:
        """Count the bytes that have come."""
        return len(self._come)

    def _is_ripe(self) -> bool:
        if not self._until:
            return bool(self._come)
        tail = self._come[-len(self._until) :]
        return tail == self._until or bool(tail and not tail.endswith(self._ordinary))
