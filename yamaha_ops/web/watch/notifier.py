"""Sends what stands in the outbox, and tries again what did not arrive."""

from __future__ import annotations

import logging
import random
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import YamahaOpsError
from yamaha_ops.web.errors import StoreError
from yamaha_ops.web.watch import outbox
from yamaha_ops.web.watch.mail import MailReceiver
from yamaha_ops.web.watch.webhook import WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from yamaha_ops.web.settings import Settings
    from yamaha_ops.web.store.database import Database
    from yamaha_ops.web.watch.outbox import Receiver

_log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 10.0
"""How often the outbox is looked at while there is something in it."""


def receivers(settings: Settings, now: Callable[[], float]) -> tuple[Receiver, ...]:
    """Return everybody whom the settings name."""
    console, address = settings.name, settings.public_url
    found: list[Receiver] = []
    if settings.mail:
        found.append(MailReceiver(settings.mail, console=console, address=address, now=now))
    found += [
        WebhookReceiver(each, console=console, address=address, now=now)
        for each in settings.webhooks
    ]
    return tuple(found)


class Notifier:
    """Sends messages, each receiver's in their order.

    Args:
        database: Where the outbox is.
        receivers: Who is told.
        now: Seconds since 1970.
    """

    def __init__(
        self, database: Database, receivers: Sequence[Receiver], now: Callable[[], float]
    ) -> None:
        self._database = database
        self._receivers = receivers
        self._now = now
        self._woken = Event()
        self._stopped = False
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin sending; with nobody to tell there is nothing to do."""
        if self._receivers:
            self._thread = Thread(target=self._run, name="notifier", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End; what is being sent is waited for."""
        self._stopped = True
        self._woken.set()
        if self._thread:
            self._thread.join()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    def deliver(self) -> bool:
        """Send everything that is due; whether something has to wait for its next turn.

        A receiver that fails holds up nobody but itself.

        Raises:
            StoreError: The outbox cannot be read or written now.
        """
        for receiver in self._receivers:
            while not self._stopped and self._send(receiver):
                pass
        with self._database.reading() as session:
            return outbox.waiting(session)

    def _run(self) -> None:
        while not self._stopped:
            self._woken.clear()
            try:
                left = self.deliver()
            except StoreError as error:
                _log.warning("the outbox cannot be used now: %s", error)
                left = True
            self._woken.wait(LOOK_SECONDS if left else None)

    def _send(self, receiver: Receiver) -> bool:
        """Send the next messages of a receiver; whether there may be more."""
        with self._database.reading() as session:
            waiting = outbox.due(session, receiver.name, self._now(), receiver.together)
        if not waiting:
            return False
        ids = [each.id for each in waiting]
        try:
            receiver.send([each.message for each in waiting])
        except YamahaOpsError as error:
            _log.warning("%s: %s", receiver.name, error)
            with self._database.session() as session:
                lost = outbox.postponed(session, ids, self._now(), random.random())  # noqa: S311 -- no secret
            if lost:
                _log.error("%s: %d messages are given up", receiver.name, lost)
            return False
        with self._database.session() as session:
            outbox.sent(session, ids)
        return True
