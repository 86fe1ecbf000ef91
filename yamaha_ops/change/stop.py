"""The wish of a person to stop, in a form that is looked at between two operations.

An exception that a signal raises wherever the program happens to be may strike in the middle of
a library that holds a lock, and what follows then waits for that lock for ever. So a signal only
notes the wish, and a change looks at it where it is safe to turn round.
"""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING

from yamaha_ops.errors import ApplyError

if TYPE_CHECKING:
    from collections.abc import Callable


class Stop:
    """One change's view of a wish to stop; a wish is heard once.

    What follows after it was heard is the way to a safe end, and nothing cuts that short.

    Args:
        asked: Set by whoever wants to stop, from any thread; changes may share it.
    """

    def __init__(self, asked: Event | None = None) -> None:
        self._asked = asked or Event()
        self._heard = False

    def check(self, router: str) -> None:
        """Turn round if somebody wants to stop.

        Raises:
            ApplyError: Somebody does; only the first time.
        """
        if self._asked.is_set() and not self._heard:
            self._heard = True
            raise ApplyError("interrupted", router=router)

    def sleep(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
        """Wait so long; a wish that comes meanwhile, and was not heard yet, ends the waiting."""
        if seconds <= 0:
            return
        if self._heard:
            sleep(seconds)
        else:
            self._asked.wait(seconds)
