"""Routers that did not answer, remembered from one run to the next.

A timer that asks twenty thousand routers every five minutes would wait for the same dead ones every
time. Who failed in three runs in a row is passed over for a while, ever longer, up to a quarter of
an hour.
"""

from __future__ import annotations

import json
import random
import time
from typing import TYPE_CHECKING, Final

from yamaha_ops import durable
from yamaha_ops.errors import UnreachableError
from yamaha_ops.fleet import Backoff, Breaker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
BACKOFF: Final = Backoff(failures=3, first=240.0, longest=900.0)


class Dead:
    """What is remembered of routers that did not answer, in one file.

    Args:
        path: The file; it need not be there. One that cannot be understood is begun anew, since all
            that is lost is the knowledge of whom to pass over.
        clock: Seconds since 1970.
        chance: Gives numbers from 0 to 1.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._path = path
        self._clock = clock
        self._chance = chance
        self._breakers = {name: self._restored(*told) for name, told in self._read().items()}
        self._touched: set[str] = set()

    def refusal(self, router: str) -> UnreachableError | None:
        """Return why a router is to be passed over, None where it is to be asked."""
        breaker = self._breakers.get(router)
        # A clock that was wrong when the file was written must not silence a router for years.
        pause = min(breaker.pause, BACKOFF.longest * (1 + BACKOFF.jitter)) if breaker else 0.0
        if breaker is None or not pause:
            return None
        return UnreachableError(
            f"it failed {breaker.failures} times in a row and is tried again in {pause:.0f} s",
            router=router,
        )

    def note(self, router: str, *, answered: bool) -> None:
        """Remember how it went with a router that was asked."""
        if answered:
            self._breakers.pop(router, None)
        else:
            self._breakers.setdefault(router, self._restored()).failed()
        self._touched.add(router)

    def save(self) -> None:
        """Write the file: what this run found out, beside what others have meanwhile.

        Raises:
            InputError: It cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with durable.one_writer(self._path):
            known = self._read()
            for name in self._touched:
                breaker = self._breakers.get(name)
                known.pop(name, None)
                if breaker:
                    known[name] = (breaker.failures, max(0.0, breaker.open_until))
            durable.write_private(self._path, json.dumps(known))

    def _restored(self, failures: int = 0, open_until: float = 0.0) -> Breaker:
        breaker = Breaker(BACKOFF, self._clock, self._chance)
        breaker.failures, breaker.open_until = failures, open_until
        return breaker

    def _read(self) -> dict[str, tuple[int, float]]:
        try:
            known = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(name): (int(told[0]), float(told[1])) for name, told in known.items()}
        except (OSError, ValueError, TypeError, AttributeError, LookupError):
            return {}
