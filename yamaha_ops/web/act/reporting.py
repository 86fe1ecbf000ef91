"""What happens while a change is applied, written down as it comes, and never in its way."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from yamaha_ops.change.event import Event, Kind
from yamaha_ops.web.errors import StoreError
from yamaha_ops.web.store.changes import ChangeEvent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from yamaha_ops.web.console import Console

PROGRESS_SECONDS: Final = 0.5
"""Progress is written no more often: a command may take milliseconds."""


class Reporter:
    """Writes the events of one change.

    A database that is locked must not make a change on a router fail: what cannot be written is
    kept, and written with what comes next.

    Args:
        console: Database and hub.
        number: The change.
    """

    def __init__(self, console: Console, number: int) -> None:
        self._console = console
        self._number = number
        self._lock = threading.Lock()
        self._waiting: list[dict[str, Any]] = []
        self._last_progress = float("-inf")

    def __call__(self, event: Event) -> None:
        """Write one event."""
        with self._lock:
            if event.kind is Kind.PROGRESS:
                now = self._console.ticks()
                if event.done < event.total and now - self._last_progress < PROGRESS_SECONDS:
                    return
                self._last_progress = now
            self._waiting.append(
                {
                    "time": self._console.now(),
                    "kind": event.kind,
                    "text": event.text,
                    "done": event.done,
                    "total": event.total,
                }
            )
            try:
                with self._console.database.session() as session:
                    self.write(session)
            except StoreError:
                return
            self._waiting.clear()
        self._console.hub.publish(f"change-{self._number}")

    def write(self, session: Session) -> None:
        """Put what waits into a session; a progress takes the place of the one before it."""
        for event in self._waiting:
            last = session.scalar(
                select(ChangeEvent)
                .where(ChangeEvent.change_id == self._number)
                .order_by(ChangeEvent.id.desc())
                .limit(1)
            )
            same = last and (last.kind, last.text) == (event["kind"], event["text"])
            if last and same and event["kind"] is Kind.PROGRESS:
                last.done, last.total, last.time = event["done"], event["total"], event["time"]
            else:
                session.add(ChangeEvent(change_id=self._number, who=None, **event))
                session.flush()
