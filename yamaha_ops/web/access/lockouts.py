"""Wrong passwords and codes lock a name out for a while.

Counted is by name, whether or not there is such a user, so that a lock tells nobody which names
exist. Where the attempts come from one address, the lock is for that address and grows; only many
from everywhere lock the name for all, and then only for the first step: somebody who guesses
must not be able to keep the owner out for long. Time is by a clock that nobody can set.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.web.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.web.settings import Access

_EVERYWHERE: Final = ""
_EVERYWHERE_FACTOR: Final = 5
_MOST: Final = 10_000


@dataclass(slots=True)
class _Count:
    failures: int = 0
    until: float = 0.0


class Lockouts:
    """Who failed how often.

    Args:
        ticks: Seconds by a clock that only goes forward.
        access: How many failures lock for how long.
    """

    def __init__(self, ticks: Callable[[], float], access: Access) -> None:
        self._ticks = ticks
        self._access = access
        self._lock = threading.Lock()
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def refuse(self, name: str, address: str) -> None:
        """Let nobody try a name that is locked, not even with the right password.

        Raises:
            LimitError: It is; the error says for how long.
        """
        seconds = max(self._left(name, address), self._left(name, _EVERYWHERE))
        if seconds > 0:
            raise LimitError("too many wrong attempts", seconds=seconds)

    def count(self, name: str, address: str) -> None:
        """Count a wrong password or code."""
        access = self._access
        self._fail(name, address, access.failures, access.longest_lock_seconds)
        self._fail(name, _EVERYWHERE, access.failures * _EVERYWHERE_FACTOR, access.lock_seconds)

    def forget(self, name: str) -> None:
        """Forget the failures of a name: its owner came in, or an administrator says so."""
        with self._lock:
            for key in [key for key in self._counts if key[0] == name]:
                del self._counts[key]

    def _left(self, name: str, address: str) -> float:
        with self._lock:
            count = self._counts.get((name, address))
        return count.until - self._ticks() if count else 0.0

    def _fail(self, name: str, address: str, allowed: int, longest: float) -> None:
        with self._lock:
            count = self._counts.setdefault((name, address), _Count())
            self._counts.move_to_end((name, address))
            count.failures += 1
            beyond = count.failures - allowed
            if beyond >= 0:
                seconds = min(self._access.lock_seconds * 2.0 ** min(beyond, 32), longest)
                count.until = self._ticks() + seconds
            while len(self._counts) > _MOST:
                self._counts.popitem(last=False)
