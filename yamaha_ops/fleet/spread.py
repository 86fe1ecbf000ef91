"""Rounds over many routers that do not come all at once."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_WHOLE = float(1 << 64)


def phase(name: str) -> float:
    """Return when within a round a router has its turn, from 0 to 1.

    It follows from the name alone: the same in every round, after a restart and for every exporter,
    so the distance between two rounds is the interval, and a fleet is spread evenly.
    """
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _WHOLE


class Spread:
    """Says whose turn it is.

    Args:
        every: Seconds from one round to the next.
        clock: Wall clock, in seconds.
    """

    def __init__(self, every: float, clock: Callable[[], float]) -> None:
        self._every = every
        self._clock = clock
        self._turns: list[tuple[float, str]] = []
        self._looked = clock()

    def members(self, names: Iterable[str]) -> None:
        """Say who takes part."""
        self._turns = sorted((phase(name) * self._every, name) for name in names)

    def due(self) -> list[str]:
        """Return whose turn came since this was last asked, nobody twice, in the order of turns."""
        before, self._looked = self._looked, self._clock()
        if self._looked - before >= self._every:
            # The machine slept, or the clock was put forward: everybody once.
            return [name for _, name in self._turns]
        if self._looked < before:
            return []
        first, last = self._place(before), self._place(self._looked)
        if self._round(before) == self._round(self._looked):
            found = self._turns[first:last]
        else:
            found = self._turns[first:] + self._turns[:last]
        return [name for _, name in found]

    @property
    def pause(self) -> float:
        """Seconds until the next turn; a whole round where nobody takes part."""
        if not self._turns:
            return self._every
        at = self._looked % self._every
        place = bisect_right(self._turns, at, key=_when)
        turn = (
            self._turns[place][0] if place < len(self._turns) else self._turns[0][0] + self._every
        )
        return max(0.0, turn - at - (self._clock() - self._looked))

    def _place(self, time: float) -> int:
        """Return how many of a round's turns have come at a time."""
        return bisect_right(self._turns, time % self._every, key=_when)

    def _round(self, time: float) -> float:
        return time // self._every


def _when(turn: tuple[float, str]) -> float:
    return turn[0]
