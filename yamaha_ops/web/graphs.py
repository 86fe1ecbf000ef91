"""Small graphs of the last day, drawn on the server: one SVG, its words beside it in HTML.

The lines are stretched to whatever width the page has; the words along the edges are not, so
nothing becomes too small to read on a phone. What the picture shows is said in its title and
description, and stands hour by hour in a table below.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor, log10
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDTH: Final = 1440
"""Units of the picture's width: minutes, where it shows a day."""

HEIGHT: Final = 100
PIXELS: Final = 120
"""Height of the lines; the times stand below."""

HOUR: Final = 3600.0
_EDGE: Final = 0.04
"""So near to the sides a word would be cut."""

_DIVISORS: Final = (1, 2, 3, 4, 6, 12, 24)
_MOST_TICKS: Final = 6
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Series:
    """One line.

    Attributes:
        name: Its word.
        points: Times (since 1970) and values, in order.
    """

    name: str
    points: Sequence[tuple[float, float]]

    @property
    def last(self) -> float | None:
        """The newest value."""
        return self.points[-1][1] if self.points else None


@dataclass(frozen=True, slots=True)
class Hour:
    """What one hour was like: for each series the mean and the most."""

    start: float
    values: Sequence[tuple[float, float] | None]


@dataclass(frozen=True, slots=True)
class Graph:
    """A picture with what belongs to it.

    Attributes:
        id: Of its elements.
        title: What it shows.
        series: Its lines; the page gives each its colour and its kind of stroke.
        svg: The picture.
        hours: The table.
        write: Writes a value for people.
    """

    id: str
    title: str
    series: Sequence[Series]
    svg: Markup
    hours: Sequence[Hour]
    write: Callable[[float], str]


def graph(  # noqa: PLR0913 -- each says another thing about it
    id: str,  # noqa: A002 -- what it becomes
    title: str,
    series: Sequence[Series],
    *,
    start: float,
    end: float,
    write: Callable[[float], str],
    top: float | None = None,
    gap: float = 900.0,
) -> Graph:
    """Draw a graph.

    Args:
        id: Of its elements; one for each graph of a page.
        title: What it shows.
        series: Its lines.
        start: Time of its left edge.
        end: Time of its right edge.
        write: Writes a value for people.
        top: Value of the upper edge; what fits if left out.
        gap: Where two points are further apart there is no line between them: nobody knows.
    """
    inside = [
        Series(each.name, [(at, value) for at, value in each.points if start <= at <= end])
        for each in series
    ]
    most = max((value for each in inside for _, value in each.points), default=0.0)
    upper = top if top is not None and top >= most else nice(most)
    scale = (end - start) / WIDTH, upper / HEIGHT
    lines = "".join(
        f'<path class="line line-{number}" d="{_path(each.points, start, scale, gap)}"/>'
        for number, each in enumerate(inside, 1)
    )
    grid = "".join(
        f'<path class="grid" d="M0 {HEIGHT * part:g}h{WIDTH}"/>' for part in (0, 0.25, 0.5, 0.75, 1)
    )
    words = Markup().join(
        Markup('<text x="{:.2f}%" y="{}" text-anchor="middle">{}</text>').format(
            100 * along, PIXELS + 15, tick
        )
        for tick, along in _ticks(start, end)
    )
    svg = Markup(
        '<svg class="graph" role="img" aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{told}</desc>'
        '<svg width="100%" height="{pixels}" viewBox="0 0 {w} {h}" preserveAspectRatio="none"'
        ' aria-hidden="true">{grid}{lines}</svg>'
        '<g aria-hidden="true"><text class="top" x="4" y="13">{top}</text>{words}</g></svg>'
    ).format(
        pixels=PIXELS,
        w=WIDTH,
        h=HEIGHT,
        id=id,
        title=title,
        told=_told(inside, write),
        top=write(upper),
        words=words,
        grid=Markup(grid),  # noqa: S704 -- numbers
        lines=Markup(lines),  # noqa: S704 -- numbers
    )
    return Graph(id, title, inside, svg, _hours(inside), write)


def nice(value: float) -> float:
    """Return the next round number that is not smaller: 1, 2, 2.5 or 5 and zeros; 1 for 0."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    return next(step * power for step in _STEPS if step * power >= value * (1 - 1e-9))


def _path(
    points: Sequence[tuple[float, float]], start: float, scale: tuple[float, float], gap: float
) -> str:
    parts: list[str] = []
    before: float | None = None
    for at, value in points:
        x, y = (at - start) / scale[0], HEIGHT - max(value, 0.0) / scale[1]
        broken = before is None or at - before > gap
        # A lone point is a line of no length with round ends.
        parts.append(f"M{x:.1f} {y:.1f}h0" if broken else f"L{x:.1f} {y:.1f}")
        before = at
    return "".join(parts)


def _told(series: Iterable[Series], write: Callable[[float], str]) -> str:
    """Say in one line what the picture shows."""
    parts = []
    for each in series:
        if each.points:
            values = [value for _, value in each.points]
            parts.append(f"{each.name}: {write(min(values))} – {write(max(values))}")
    return "; ".join(parts)


def _ticks(start: float, end: float) -> list[tuple[str, float]]:
    """Return full hours along the edge, and how far along they are, from 0 to 1."""
    fitting = (each for each in _DIVISORS if (end - start) / HOUR / each <= _MOST_TICKS)
    hours = next(fitting, _DIVISORS[-1])
    ticks = []
    moment = (
        datetime.fromtimestamp(start, UTC).astimezone().replace(minute=0, second=0, microsecond=0)
    )
    at = moment.timestamp() + HOUR
    while at <= end:
        local = datetime.fromtimestamp(at, UTC).astimezone()
        along = (at - start) / (end - start)
        if local.hour % hours == 0 and _EDGE <= along <= 1 - _EDGE:
            ticks.append((local.strftime("%H:%M"), along))
        at += HOUR
    return ticks


def _hours(series: Sequence[Series]) -> list[Hour]:
    """Return mean and most of every hour, the newest first."""
    slots: dict[float, list[list[float]]] = {}
    for place, each in enumerate(series):
        for at, value in each.points:
            slots.setdefault(at // HOUR * HOUR, [[] for _ in series])[place].append(value)
    return [
        Hour(start, [(sum(v) / len(v), max(v)) if v else None for v in values])
        for start, values in sorted(slots.items(), reverse=True)
    ]
