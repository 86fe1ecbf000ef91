"""When a value is bad: the few shapes that the Prometheus expressions have, and what they remember.

A condition is frozen data; what it has to remember of one subject stands in a :class:`Track`. Times
here come from a clock that is never set.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import ClassVar, Protocol


@dataclass(slots=True)
class Track:
    """What is remembered about one subject of one rule.

    Attributes:
        open: Whether an alarm is open.
        previous: The last value; also what outlives a restart of the console.
        previous_at: When it was read, in this run of the console.
        changed_at: When it last changed in the way the condition looks for.
        bad_since: Since when the condition holds, while no alarm is open.
        calm_since: Since when it does not, while one is.
        points: Values of the last hour with their times.
    """

    open: bool = False
    previous: float | None = None
    previous_at: float | None = None
    changed_at: float | None = None
    bad_since: float | None = None
    calm_since: float | None = None
    points: deque[tuple[float, float]] = field(default_factory=deque)


class Condition(Protocol):
    """Says whether a value is bad.

    Attributes:
        remembers: Whether it compares with a value of the console's last run.
    """

    remembers: ClassVar[bool]

    def bad(self, track: Track, value: float, at: float) -> bool:
        """Whether it is, given what is remembered; may note more in the track."""
        ...


@dataclass(frozen=True, slots=True)
class Above:
    """Above a limit; an open alarm stays until the value is at or below ``release``."""

    remembers: ClassVar[bool] = False
    limit: float
    release: float

    def bad(self, track: Track, value: float, at: float) -> bool:  # noqa: ARG002 -- Condition
        """See :class:`Condition`."""
        return value > (self.release if track.open else self.limit)


@dataclass(frozen=True, slots=True)
class Below:
    """Below a limit; an open alarm stays until the value is at or above ``release``."""

    remembers: ClassVar[bool] = False
    limit: float
    release: float

    def bad(self, track: Track, value: float, at: float) -> bool:  # noqa: ARG002 -- Condition
        """See :class:`Condition`."""
        return value < (self.release if track.open else self.limit)


@dataclass(frozen=True, slots=True)
class Is:
    """A certain value, mostly 0 for "is not"."""

    remembers: ClassVar[bool] = False
    value: float

    def bad(self, track: Track, value: float, at: float) -> bool:  # noqa: ARG002 -- Condition
        """See :class:`Condition`."""
        return value == self.value


@dataclass(frozen=True, slots=True)
class Changed:
    """Another value than before, within the last so many seconds."""

    remembers: ClassVar[bool] = True
    window: float

    def bad(self, track: Track, value: float, at: float) -> bool:
        """See :class:`Condition`."""
        if track.previous is not None and value != track.previous:
            track.changed_at = at
        return track.changed_at is not None and at - track.changed_at <= self.window


@dataclass(frozen=True, slots=True)
class Rose:
    """A counter that counted within the last so many seconds; a restart from 0 is no rise."""

    remembers: ClassVar[bool] = True
    window: float

    def bad(self, track: Track, value: float, at: float) -> bool:
        """See :class:`Condition`."""
        if track.previous is not None and value > track.previous:
            track.changed_at = at
        return track.changed_at is not None and at - track.changed_at <= self.window


@dataclass(frozen=True, slots=True)
class Fell:
    """An uptime that began anew: it fell, or grew much less than the time that passed.

    The second happens where a router restarted while it could not be asked.
    """

    remembers: ClassVar[bool] = True
    tolerance: float = 120.0

    def bad(self, track: Track, value: float, at: float) -> bool:
        """See :class:`Condition`."""
        if track.previous is None:
            return False
        if value < track.previous:
            return True
        if track.previous_at is None:
            return False
        return (at - track.previous_at) - (value - track.previous) > self.tolerance


@dataclass(frozen=True, slots=True)
class Lost:
    """0 where there once was a 1."""

    remembers: ClassVar[bool] = True

    def bad(self, track: Track, value: float, at: float) -> bool:  # noqa: ARG002 -- Condition
        """See :class:`Condition`."""
        if value:
            track.changed_at = None
            return False
        if track.previous:
            track.changed_at = 0.0
        return track.open or track.changed_at is not None


@dataclass(frozen=True, slots=True)
class RunningOut:
    """Above ``floor``, and by the straight line through an hour above ``limit`` soon.

    The line is that of Prometheus's ``predict_linear``: least squares, ``ahead`` seconds from now.
    """

    remembers: ClassVar[bool] = False
    limit: float
    floor: float
    ahead: float
    window: float = 3600.0

    def bad(self, track: Track, value: float, at: float) -> bool:
        """See :class:`Condition`."""
        track.points.append((at, value))
        while at - track.points[0][0] > self.window:
            track.points.popleft()
        return value > self.floor and _predicted(track.points, at + self.ahead) > self.limit


def _predicted(points: deque[tuple[float, float]], when: float) -> float:
    """Return where the regression line through the points is at a time."""
    count = len(points)
    mean_at = sum(at for at, _ in points) / count
    mean = sum(value for _, value in points) / count
    spread = sum((at - mean_at) ** 2 for at, _ in points)
    if not spread:
        return mean
    slope = sum((at - mean_at) * (value - mean) for at, value in points) / spread
    return mean + slope * (when - mean_at)
