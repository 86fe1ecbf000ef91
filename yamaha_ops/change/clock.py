"""Time as a seam: tests move it, the rest of the world waits for it."""

from __future__ import annotations

import time
from typing import Protocol

from yamaha_ops.change.stop import Stop


class Clock(Protocol):
    """What a change needs of time."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let that many seconds pass."""
        ...


class SystemClock:
    """The machine's own clock.

    Args:
        stop: A wish to stop ends a waiting.
    """

    def __init__(self, stop: Stop | None = None) -> None:
        self._stop = stop or Stop()

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait; nothing happens for zero or less."""
        self._stop.sleep(seconds)
