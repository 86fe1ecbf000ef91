"""Time as the emulated routers see it: the machine's own, or one that a test moves by hand."""

from __future__ import annotations

import heapq
import itertools
import math
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

JST = timezone(timedelta(hours=9))
"""The factory time zone of a router (REF 4.13)."""


class Timer(Protocol):
    """Something that will happen, and can still be called off."""

    def cancel(self) -> None:
        """Call it off; harmless when it has happened already."""


class Clock(Protocol):
    """What a router needs of time: to read it and to be woken up."""

    def now(self) -> float:
        """Return seconds since 1970-01-01 UTC."""

    def later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` once, ``seconds`` from now, in the thread of the routers."""


class RealClock:
    """The machine's clock; timers are the event loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return time.time()

    def later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` once, ``seconds`` from now, in the thread of the event loop."""
        return self._loop.call_later(seconds, callback)


class _ManualTimer:
    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class ManualClock:
    """A clock that stands still until :meth:`advance` moves it, timers included.

    Tests of login timers, rollback timers and schedules use it: an hour passes in no time.
    """

    def __init__(self, start: str = "2026-11-24T09:00:00+09:00") -> None:
        self._now = datetime.fromisoformat(start).timestamp()
        self._timers: list[tuple[float, int, _ManualTimer]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """Return seconds since 1970-01-01 UTC."""
        return self._now

    def later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call ``callback`` once, when the clock has been moved by ``seconds``."""
        timer = _ManualTimer(callback)
        heapq.heappush(self._timers, (self._now + seconds, next(self._order), timer))
        return timer

    def next_due(self) -> float:
        """Return in how many seconds the next timer falls due; infinity if none will."""
        while self._timers and self._timers[0][2].callback is None:
            heapq.heappop(self._timers)
        return self._timers[0][0] - self._now if self._timers else math.inf

    def advance(self, seconds: float) -> None:
        """Move the clock; timers that fall due run in order, each at its own time.

        Use :meth:`Lab.advance` for a running lab, so that they run in the routers' thread.
        """
        end = self._now + seconds
        while self._timers and self._timers[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._timers)
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()
        self._now = end


def local(seconds: float) -> datetime:
    """Turn the clock's seconds into the router's local time."""
    return datetime.fromtimestamp(seconds, JST)


def stamp(seconds: float) -> str:
    """Write a time as the router does where it gives no offset: ``2026/11/24 09:00:00``."""
    return local(seconds).strftime("%Y/%m/%d %H:%M:%S")
