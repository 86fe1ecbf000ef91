"""Messages about alarms, on their way in the database: a restart of the console loses none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from yamaha_ops.fleet import Backoff
from yamaha_ops.web.store.fleet import Alarm, Notification
from yamaha_ops.web.watch.alarms import as_json
from yamaha_ops.web.watch.rules import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from yamaha_ops.web.settings import Told

MOST: Final = 1000
"""Messages that wait for one receiver; the oldest go first where there are more."""

AGAIN: Final = Backoff(failures=1, first=10.0, longest=3600.0)
"""When a message is tried again."""

GIVE_UP_SECONDS: Final = 3 * 86400.0
"""So long a message is tried; then it is no news any more."""


class Receiver(Protocol):
    """Somebody who is told of alarms."""

    @property
    def name(self) -> str:
        """What it is called in the database and in the log."""
        ...

    @property
    def told(self) -> Told:
        """Of which alarms."""
        ...

    @property
    def together(self) -> int:
        """How many messages it takes at once."""
        ...

    def send(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """Tell it.

        Raises:
            YamahaOpsError: It did not take the messages.
        """
        ...


def wants(told: Told, alarm: Alarm, labels: Mapping[str, str]) -> bool:
    """Whether a receiver is to be told of an alarm of a router with such labels."""
    return (
        (not told.alarms or alarm.rule in told.alarms)
        and Severity(alarm.severity).rank >= Severity(told.severity).rank
        and all(labels.get(key) == value for key, value in told.labels.items())
    )


def put(
    session: Session,
    receivers: Iterable[Receiver],
    alarm: Alarm,
    event: str,
    labels: Mapping[str, str],
    now: float,
) -> bool:
    """Put a message for every receiver that wants it; whether there was one."""
    names = [each.name for each in receivers if wants(each.told, alarm, labels)]
    for name in names:
        message = {"event": event, "alarm": as_json(alarm)}
        entry = Notification(
            receiver=name,
            alarm_id=alarm.id,
            event=event,
            created=now,
            due=now,
            attempts=0,
            message=message,
        )
        try:
            with session.begin_nested():
                session.add(entry)
        except IntegrityError:
            continue  # told already
        _bound(session, name)
    return bool(names)


def _bound(session: Session, receiver: str) -> None:
    mine = Notification.receiver == receiver
    count = session.scalar(select(func.count()).select_from(Notification).where(mine)) or 0
    if count > MOST:
        oldest = select(Notification.id).where(mine).order_by(Notification.id).limit(count - MOST)
        session.execute(delete(Notification).where(Notification.id.in_(oldest)))


def due(session: Session, receiver: str, now: float, most: int) -> list[Notification]:
    """Return the messages that a receiver may be sent now, the oldest first.

    They keep their order: while the oldest has to wait, so do the others. One whose time is further
    ahead than any pause is due as well: the clock was set back.
    """
    oldest = session.scalars(
        select(Notification)
        .where(Notification.receiver == receiver)
        .order_by(Notification.id)
        .limit(most)
    ).all()
    if not oldest or now < oldest[0].due <= now + 2 * AGAIN.longest:
        return []
    return list(oldest)


def waiting(session: Session) -> bool:
    """Whether there is any message."""
    return session.scalar(select(Notification.id).limit(1)) is not None


def sent(session: Session, ids: Sequence[int]) -> None:
    """Forget messages that have arrived."""
    session.execute(delete(Notification).where(Notification.id.in_(ids)))


def postponed(session: Session, ids: Sequence[int], now: float, chance: float) -> int:
    """Put messages back that did not arrive; return how many are given up."""
    given_up = 0
    for each in session.scalars(select(Notification).where(Notification.id.in_(ids))):
        each.attempts += 1
        if now - each.created > GIVE_UP_SECONDS:
            session.delete(each)
            given_up += 1
        else:
            each.due = now + AGAIN.seconds(each.attempts, chance)
    return given_up
