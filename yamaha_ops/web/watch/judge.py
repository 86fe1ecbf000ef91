"""What a round of one router means for its alarms: which open, which close, what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from yamaha_ops.web.watch.conditions import Track
from yamaha_ops.web.watch.rules import CALM_SECONDS, RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from yamaha_ops.exporter import Scrape
    from yamaha_ops.web.watch.rules import Rule

_EVEN_IF_SILENT = frozenset({"up", "backup_timestamp_seconds"})
"""Metrics that say something of a router that could not be asked."""


@dataclass(frozen=True, slots=True)
class Transition:
    """An alarm that opens, closes, or tells what happened.

    Attributes:
        rule: Which kind.
        subject: What about the router: ``LAN2``, a tunnel's number; empty for all of it.
        what: ``happened`` opens an alarm that is over already.
        value: What was read.
    """

    rule: Rule
    subject: str
    what: Literal["opened", "closed", "happened"]
    value: float | None = None


class Judge:
    """The alarms of one router.

    Args:
        open_alarms: Rule and subject of each alarm that is open already.
        remembered: What :meth:`memory` gave in the console's last run.
        rules: What is an alarm.
    """

    def __init__(
        self,
        open_alarms: Iterable[tuple[str, str]] = (),
        remembered: Mapping[str, float] | None = None,
        rules: Sequence[Rule] = RULES,
    ) -> None:
        self._rules = rules
        self._tracks: dict[tuple[str, str], Track] = {}
        for name, subject in open_alarms:
            self._track(name, subject).open = True
        for key, value in (remembered or {}).items():
            name, _, subject = key.partition("/")
            self._track(name, subject).previous = value

    def memory(self) -> dict[str, float]:
        """Return what must outlive a restart: the last values that others are compared with."""
        names = {rule.name for rule in self._rules if rule.condition.remembers}
        return {
            f"{name}/{subject}": track.previous
            for (name, subject), track in self._tracks.items()
            if name in names and track.previous is not None
        }

    def judge(
        self, scrape: Scrape, at: float, *, ours: Callable[[], bool] = lambda: False
    ) -> list[Transition]:
        """Take in one round.

        Args:
            scrape: What came of asking.
            at: When, by a clock that is never set.
            ours: Tells whether the toolkit itself was changing the router meanwhile: then neither a
                restart nor another configuration is news.
        """
        found: list[Transition] = []
        for rule in self._rules:
            if scrape.health is None and rule.metric not in _EVEN_IF_SILENT:
                continue
            readings = dict(rule.readings(scrape))
            for subject, value in readings.items():
                track = self._track(rule.name, subject)
                found += _step(rule, subject, track, value, at, ours=ours)
                track.previous, track.previous_at = value, at
            found += self._vanished(rule, readings, at)
        return found

    def _vanished(
        self, rule: Rule, readings: Mapping[str, float], at: float
    ) -> Iterator[Transition]:
        """Calm down alarms about what is not there any more (a tunnel that was removed)."""
        for (name, subject), track in self._tracks.items():
            if name == rule.name and subject not in readings and not rule.once:
                track.bad_since = None
                if track.open and _calmed(track, at):
                    yield Transition(rule, subject, "closed")

    def _track(self, name: str, subject: str) -> Track:
        return self._tracks.setdefault((name, subject), Track())


def _step(
    rule: Rule, subject: str, track: Track, value: float, at: float, *, ours: Callable[[], bool]
) -> Iterator[Transition]:
    bad = rule.condition.bad(track, value, at)
    if rule.once:
        if bad and track.changed_at in {None, at} and not ours():
            yield Transition(rule, subject, "happened", value)
        return
    if track.open:
        if bad:
            track.calm_since = None
        elif _calmed(track, at):
            yield Transition(rule, subject, "closed", value)
        return
    if not bad:
        track.bad_since = None
        return
    if track.bad_since is None:
        track.bad_since = at
    if at - track.bad_since >= rule.hold:
        track.open, track.bad_since, track.calm_since = True, None, None
        yield Transition(rule, subject, "opened", value)


def _calmed(track: Track, at: float) -> bool:
    """Note that it is calm; whether it has been for long enough."""
    if track.calm_since is None:
        track.calm_since = at
    if at - track.calm_since < CALM_SECONDS:
        return False
    track.open, track.calm_since = False, None
    return True
