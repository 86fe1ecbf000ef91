"""How often somebody may try: a bucket for each, refilled by a clock that nobody can set."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from yamaha_ops.web.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_BUCKETS: Final = 10_000
"""More visitors than that at a time push the least recent ones out: memory stays bounded."""


class Limits:
    """Token buckets by kind and key (an address, a user).

    Args:
        ticks: Seconds by a clock that only goes forward.
    """

    def __init__(self, ticks: Callable[[], float]) -> None:
        self._ticks = ticks
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, kind: str, key: str, *, a_minute: int) -> None:
        """Count one request; as many as a minute's may come at once.

        Raises:
            LimitError: That was one too many; it says how long to wait.
        """
        now = self._ticks()
        rate = a_minute / 60
        with self._lock:
            left, last = self._buckets.pop((kind, key), (float(a_minute), now))
            left = min(float(a_minute), left + (now - last) * rate)
            enough = left >= 1
            self._buckets[kind, key] = (left - 1 if enough else left, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        if not enough:
            raise LimitError("too many requests", seconds=(1 - left) / rate)
