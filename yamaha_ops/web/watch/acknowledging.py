"""Somebody looks after an alarm: written down, and told to whoever was told of the alarm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.web.errors import ConflictError, NotFoundError
from yamaha_ops.web.watch import alarms, outbox
from yamaha_ops.web.watch.listing import one, seen_by
from yamaha_ops.web.watch.notifier import receivers
from yamaha_ops.web.watch.watch import watch_of

if TYPE_CHECKING:
    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console
    from yamaha_ops.web.store.fleet import Alarm


def acknowledge(console: Console, visitor: Visitor, number: int, note: str) -> Alarm:
    """Acknowledge an alarm.

    Raises:
        NotFoundError: There is no such alarm, or it is not the visitor's to see.
        ConflictError: Somebody else was faster, or it has closed.
    """
    now = console.now()
    told = receivers(console.settings, console.now)
    with console.database.session() as session:
        alarm = one(session, seen_by(console, visitor), number)
        if alarm is None:
            raise NotFoundError(f"there is no alarm {number}")
        if alarm.acknowledged is not None:
            raise ConflictError(f"{alarm.acknowledged_by} has acknowledged it already")
        if alarm.closed is not None:
            raise ConflictError("it has closed already")
        alarms.acknowledge(alarm, visitor.name, note, now)
        router = console.inventory().routers.get(alarm.router)
        labels = router.labels if router else {}
        outbox.put(session, told, alarm, "acknowledged", labels, now)
    console.audit(visitor, "alarm.acknowledge", router=alarm.router, alarm=number, note=note)
    for topic in ("alarms", "fleet", f"router-{alarm.router}"):
        console.hub.publish(topic, alarm.router)
    if watch := watch_of(console):
        watch.notifier.wake()
    return alarm
