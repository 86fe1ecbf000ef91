"""Alarms in the database: opened, closed, acknowledged, in the end forgotten."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select, update

from yamaha_ops.web.store.fleet import Alarm
from yamaha_ops.web.watch.rules import BY_NAME, NEWS_SECONDS, RULES

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from yamaha_ops.web.watch.judge import Transition

KEEP_SECONDS: Final = 400 * 86400.0
"""How long closed alarms are kept."""

_ONCE: Final = tuple(rule.name for rule in RULES if rule.once)


def take_in(
    session: Session, router: str, transition: Transition, now: float
) -> tuple[Alarm, str] | None:
    """Write down one transition.

    Returns:
        The alarm and what happened to it (``opened``, ``closed``); None where nothing did.
    """
    rule, subject = transition.rule, transition.subject[:128]
    known = session.scalars(
        select(Alarm)
        .where(
            Alarm.router == router,
            Alarm.rule == rule.name,
            Alarm.subject == subject,
            Alarm.closed.is_(None),
        )
        .limit(1)
    ).first()
    if transition.what == "closed":
        if known is None:
            return None
        # A clock that was set back must not end an alarm before it began.
        known.closed = max(now, known.opened)
        return known, "closed"
    if known is not None and not rule.once:
        return None
    alarm = Alarm(
        router=router,
        rule=rule.name,
        subject=subject,
        severity=rule.severity.value,
        value=transition.value,
        opened=now,
        note="",
    )
    session.add(alarm)
    session.flush()
    return alarm, "opened"


def acknowledge(alarm: Alarm, who: str, note: str, now: float) -> None:
    """Note that somebody looks after an alarm; what merely happened is over with that."""
    alarm.acknowledged = max(now, alarm.opened)
    alarm.acknowledged_by = who
    alarm.note = note
    if alarm.rule in _ONCE and alarm.closed is None:
        alarm.closed = alarm.acknowledged


def tidy(session: Session, routers: Collection[str], now: float) -> bool:
    """Close what is no news any more or is about nobody, forget what is very old.

    Returns:
        Whether an alarm was closed.
    """
    closed = session.execute(
        update(Alarm)
        .where(Alarm.closed.is_(None), Alarm.rule.in_(_ONCE), Alarm.opened < now - NEWS_SECONDS)
        .values(closed=now)
    ).rowcount  # type: ignore[attr-defined]  # an update has it
    for alarm in session.scalars(select(Alarm).where(Alarm.closed.is_(None))):
        if alarm.router not in routers or alarm.rule not in BY_NAME:
            alarm.closed = max(now, alarm.opened)
            closed += 1
    session.execute(delete(Alarm).where(Alarm.closed < now - KEEP_SECONDS))
    return bool(closed)


def state_of(alarm: Alarm) -> str:
    """Return ``open``, ``acknowledged`` or ``closed``."""
    if alarm.closed is not None:
        return "closed"
    return "open" if alarm.acknowledged is None else "acknowledged"


def as_json(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm as the API and webhooks give it; times are ISO 8601."""
    return {
        "id": alarm.id,
        "router": alarm.router,
        "alarm": alarm.rule,
        "subject": alarm.subject,
        "severity": alarm.severity,
        "state": state_of(alarm),
        "value": alarm.value,
        "opened": _iso(alarm.opened),
        "closed": _iso(alarm.closed),
        "acknowledged": _iso(alarm.acknowledged),
        "acknowledged_by": alarm.acknowledged_by,
        "note": alarm.note,
    }


def _iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
