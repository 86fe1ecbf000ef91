"""Numbers over time: rates out of counters, and old samples made few."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from yamaha_ops.web.store.fleet import Sample
from yamaha_ops.web.watch.summary import traffic_counters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from yamaha_ops.health import Health
    from yamaha_ops.web.watch.summary import Summary

FINE_SECONDS: Final = 2 * 3600.0
"""So long samples are kept as they were read."""

COARSE_SECONDS: Final = 300.0
"""Older ones become means over so long."""

_NUMBERS: Final = ("cpu", "memory", "temperature", "ports", "sessions")
_SHORTEST: Final = 1.0


@dataclass(slots=True)
class Rates:
    """Bytes a second of one router's interfaces, from two looks at its counters.

    Times come from a clock that is never set, so neither a jump of the wall clock nor one of the
    router's own makes a rate wrong.
    """

    _at: float | None = None
    _before: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, health: Health, at: float) -> dict[str, list[float]]:
        """Take in the counters of a round; nothing for one that began anew since the last."""
        counters = traffic_counters(health)
        passed = at - self._at if self._at is not None else 0.0
        rates = {}
        if passed >= _SHORTEST:
            for name, now in counters.items():
                grown = [a - b for a, b in zip(now, self._before.get(name, now), strict=True)]
                if name in self._before and min(grown) >= 0:
                    rates[name] = [round(each / passed, 1) for each in grown]
        if passed >= _SHORTEST or self._at is None:
            self._at, self._before = at, counters
        return rates


def sample_of(
    router: str, time: float, summary: Summary, traffic: Mapping[str, list[float]]
) -> Sample:
    """Return the sample of one round."""
    return Sample(
        router=router,
        time=time,
        seconds=0.0,
        cpu=summary.cpu,
        memory=summary.memory,
        temperature=summary.temperature,
        ports=summary.ports,
        sessions=summary.sessions,
        traffic=dict(traffic),
    )


def thin(session: Session, router: str, now: float, keep_seconds: float) -> None:
    """Forget the oldest samples of a router, and put the mean in the place of old ones.

    Samples that lie ahead were written while the clock was wrong: they go as well, or they would
    stand at the end of every graph until that time comes.
    """
    mine = Sample.router == router
    session.execute(
        delete(Sample).where(
            mine, (Sample.time < now - keep_seconds) | (Sample.time > now + COARSE_SECONDS)
        )
    )
    border = (now - FINE_SECONDS) // COARSE_SECONDS * COARSE_SECONDS
    old = session.scalars(
        select(Sample).where(mine, Sample.time < border, Sample.seconds == 0).order_by(Sample.time)
    ).all()
    if not old:
        return
    slots: dict[float, list[Sample]] = {}
    for sample in old:
        slots.setdefault(sample.time // COARSE_SECONDS * COARSE_SECONDS, []).append(sample)
    for sample in old:
        session.delete(sample)
    session.flush()
    for start, samples in slots.items():
        session.merge(_mean(router, start + COARSE_SECONDS / 2, samples))


def _mean(router: str, time: float, samples: Sequence[Sample]) -> Sample:
    numbers = {name: _average(getattr(each, name) for each in samples) for name in _NUMBERS}
    names = dict.fromkeys(name for each in samples for name in each.traffic)
    traffic = {
        name: [
            round(sum(rates) / len(rates), 1)
            for rates in zip(*(e.traffic[name] for e in samples if name in e.traffic), strict=True)
        ]
        for name in names
    }
    return Sample(router=router, time=time, seconds=COARSE_SECONDS, traffic=traffic, **numbers)


def _average(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
