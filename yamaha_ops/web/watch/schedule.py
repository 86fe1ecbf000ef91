"""When each router is asked: spread evenly, at the same phase every time, the dead ones less often.

Pure arithmetic over a clock that is never set; for one thread at a time.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.fleet import Backoff

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_FIRST_STEP: Final = 0.05
"""Seconds between routers in the very first round, so that a small fleet is known at once."""


def patience(every: float) -> Backoff:
    """Return how a router that does not answer is asked less often.

    It opens after six failures, since that is when the alarm does, and five minutes are the most: a
    router that is back should not have to wait longer until somebody sees it.
    """
    return Backoff(failures=6, first=2 * every, longest=max(300.0, 2 * every))


@dataclass(slots=True)
class _Entry:
    due: float
    failures: int = 0
    under_way: bool = False
    again: bool = False


class Schedule:
    """Which router is asked next.

    Args:
        every: Seconds between two rounds of one router.
        backoff: How a router that fails is asked less often.
        chance: Gives numbers from 0 to 1.
    """

    def __init__(
        self,
        every: float,
        backoff: Backoff | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._every = every
        self._backoff = backoff or patience(every)
        self._chance = chance
        self._entries: dict[str, _Entry] = {}
        self._heap: list[tuple[float, str]] = []

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def sync(self, names: Collection[str], now: float) -> list[str]:
        """Take in routers that came, and forget those that went; return these."""
        new = [name for name in names if name not in self._entries]
        spread = min(self._every, _FIRST_STEP * len(new))
        for name in new:
            self._entries[name] = _Entry(now)
            self._put(name, now + phase(name) * spread)
        wanted = set(names)
        gone = [name for name in self._entries if name not in wanted]
        for name in gone:
            del self._entries[name]
        return gone

    def take(self, now: float, most: int) -> list[str]:
        """Return the routers that are due, at most so many; each counts until :meth:`ended`."""
        taken: list[str] = []
        while len(taken) < most and self._heap and self._heap[0][0] <= now:
            due, name = heapq.heappop(self._heap)
            entry = self._entries.get(name)
            if entry is None or entry.due != due or entry.under_way:
                continue  # it went, or was put elsewhere since
            entry.under_way = True
            taken.append(name)
        return taken

    def ended(self, name: str, now: float, *, well: bool) -> None:
        """Put a router back: at its next phase, or later if it keeps failing."""
        entry = self._entries.get(name)
        if entry is None:
            return
        entry.under_way = False
        entry.failures = 0 if well else entry.failures + 1
        if entry.again:
            entry.again = False
            self._put(name, now)
            return
        offset = phase(name) * self._every
        turn = (now - offset) // self._every + 1
        due = turn * self._every + offset
        if not well:
            due = max(due, now + self._backoff.seconds(entry.failures, self._chance()))
        self._put(name, due)

    def soon(self, name: str, now: float) -> None:
        """Ask a router next, or once more if it is being asked."""
        entry = self._entries.get(name)
        if entry is None:
            return
        if entry.under_way:
            entry.again = True
        else:
            self._put(name, now)

    def next(self) -> float | None:
        """Return when :meth:`take` will give something, at the earliest."""
        return self._heap[0][0] if self._heap else None

    def _put(self, name: str, due: float) -> None:
        self._entries[name].due = due
        heapq.heappush(self._heap, (due, name))


def phase(name: str) -> float:
    """Return the place of a router in each round, from 0 to 1, always the same."""
    digest = hashlib.blake2b(name.encode(), digest_size=4).digest()
    return int.from_bytes(digest) / 2**32
