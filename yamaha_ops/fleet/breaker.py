"""A circuit breaker: who does not answer is asked less and less often, and never in step."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Backoff:
    """How patience grows.

    Attributes:
        failures: How many failures in a row open the circuit.
        first: Seconds until the next try then; every further failure doubles them.
        longest: The most that they become.
        jitter: The share by which they vary at random, so that routers that died together are not
            tried together.
    """

    failures: int = 3
    first: float = 10.0
    longest: float = 120.0
    jitter: float = 0.2

    def seconds(self, failures: int, chance: float) -> float:
        """Return the pause after so many failures in a row; ``chance`` is from 0 to 1."""
        if failures < self.failures:
            return 0.0
        # Beyond 2**32 any pause is the longest; more would overflow after days of failures.
        pause = self.first * 2.0 ** min(failures - self.failures, 32)
        return min(pause, self.longest) * (1 + self.jitter * (2 * chance - 1))


class Breaker:
    """The circuit of one router. For one thread at a time.

    Args:
        backoff: How patience grows.
        clock: Seconds that never go back.
        chance: Gives numbers from 0 to 1.

    Attributes:
        failures: How many there were in a row.
        open_until: When it may be tried again, by the clock. Both may be set to what they were.
    """

    def __init__(
        self,
        backoff: Backoff,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.failures = 0
        self.open_until = float("-inf")
        self._backoff = backoff
        self._clock = clock
        self._chance = chance

    @property
    def pause(self) -> float:
        """Seconds until it may be tried; 0 where it may be tried now."""
        return max(0.0, self.open_until - self._clock())

    def succeeded(self) -> None:
        """Close the circuit."""
        self.failures = 0
        self.open_until = float("-inf")

    def failed(self) -> None:
        """Count a failure; open the circuit after too many in a row."""
        self.failures += 1
        pause = self._backoff.seconds(self.failures, self._chance())
        self.open_until = self._clock() + pause if pause else float("-inf")
