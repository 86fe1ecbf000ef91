"""Rounds taken in, one after the other: judged, and written down many at a time.

Everything that is remembered between two rounds of a router belongs to one thread. The database is
written in one transaction for all that came meanwhile; while it is locked, states wait (the newest
of each router), and so do samples and alarms.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from yamaha_ops.actions.statuses import as_json
from yamaha_ops.web.errors import StoreError
from yamaha_ops.web.store.fleet import Alarm, RouterRecord, RouterState, Sample
from yamaha_ops.web.watch import alarms, outbox
from yamaha_ops.web.watch.judge import Judge
from yamaha_ops.web.watch.samples import Rates, sample_of, thin
from yamaha_ops.web.watch.schedule import phase
from yamaha_ops.web.watch.summary import Reach, Summary, reach_of, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from yamaha_ops.inventory import Inventory
    from yamaha_ops.web.console import Clock
    from yamaha_ops.web.live import Hub
    from yamaha_ops.web.store.database import Database
    from yamaha_ops.web.watch.judge import Transition
    from yamaha_ops.web.watch.outbox import Receiver
    from yamaha_ops.web.watch.poller import Round

_log = logging.getLogger(__name__)

BATCH: Final = 200
"""Rounds in one transaction."""

AGAIN_SECONDS: Final = 2.0
"""How long to wait for a database that was locked."""

TIDY_SECONDS: Final = 3600.0
"""How often the old samples of one router are thinned out."""

JUMP_SECONDS: Final = 300.0
"""A wall clock that moved so much against the other one was set: nothing is forgotten then."""

_MOST_SAMPLES: Final = 20_000
_MOST_EARLY: Final = 4000
_LONGEST: Final = 500
_FIELDS: Final = frozenset(Summary.__dataclass_fields__)
_SHOWN: Final = (
    "model",
    "firmware",
    "line",
    "ports",
    "sessions",
    "sessions_limit",
    "consistent",
    "unsaved",
    "drift",
)
"""What a row of the fleet page shows: another value of these is worth a message to browsers."""


@dataclass(slots=True)
class Known:
    """What is remembered of one router.

    Attributes:
        summary: The last one that it answered for.
        reach: Whether it could be talked to.
        reach_since: Since when.
        last_contact: When it last answered.
        judge: Its alarms.
        rates: Its counters.
        thinned: When its samples were last thinned out, by a clock that is never set.
    """

    judge: Judge
    summary: Summary = field(default_factory=Summary)
    reach: Reach = Reach.UNKNOWN
    reach_since: float = 0.0
    last_contact: float | None = None
    rates: Rates = field(default_factory=Rates)
    thinned: float | None = None


@dataclass(slots=True)
class Pending:
    """What is to be written."""

    states: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: dict[str, tuple[float, Any]] = field(default_factory=dict)
    samples: deque[Sample] = field(default_factory=lambda: deque(maxlen=_MOST_SAMPLES))
    transitions: list[tuple[str, Transition, float]] = field(default_factory=list)
    topics: dict[tuple[str, str | None], None] = field(default_factory=dict)


class Keeper:
    """Takes in rounds.

    Args:
        database: Where to.
        inventory: Gives the inventory as it is now.
        hub: Where changes are made known.
        clock: What time it is.
        keep_seconds: How long samples are kept.
        receivers: Who is told of alarms.
        told: Called when there is something for a receiver.
        ours: Whether the toolkit itself was changing a router since a time (since 1970).
    """

    def __init__(  # noqa: PLR0913 -- each is one seam
        self,
        database: Database,
        inventory: Callable[[], Inventory],
        hub: Hub,
        *,
        clock: Clock,
        keep_seconds: float,
        receivers: Sequence[Receiver] = (),
        told: Callable[[], None] = lambda: None,
        ours: Callable[[str, float], bool] = lambda _router, _since: False,
    ) -> None:
        self._database = database
        self._inventory = inventory
        self._hub = hub
        self._clock = clock
        self._keep_seconds = keep_seconds
        self._receivers = receivers
        self._told = told
        self._ours = ours
        self._queue: SimpleQueue[Round | None] = SimpleQueue()
        self._known: dict[str, Known] | None = None
        self._pending = Pending()
        self._early: deque[Round] = deque(maxlen=_MOST_EARLY)
        self._failing = False
        self._offset = clock.time() - clock.monotonic()
        self._set_at = clock.monotonic() - TIDY_SECONDS
        self._tidied = clock.monotonic()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin taking in."""
        self._thread = Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what is there, and end."""
        self._queue.put(None)
        if self._thread:
            self._thread.join()

    def take(self, done: Round) -> None:
        """Take in a round, from any thread."""
        self._queue.put(done)

    def work(self, rounds: Sequence[Round]) -> bool:
        """Judge rounds and write everything that waits; whether the database took it.

        The thread of :meth:`start` does nothing but this.
        """
        rounds = [*self._early, *rounds]
        self._early.clear()
        try:
            if self._known is None:
                self._known = self._load()
        except StoreError as error:
            self._early.extend(rounds)
            return self._failed(error)
        inventory = self._inventory()
        # Gone unless the database is to blame: what nobody can write must not be tried for ever.
        pending, self._pending = self._pending, Pending()
        for done in rounds:
            # What was asked before the router went must not bring it back.
            if done.router.name in inventory.routers:
                self._judge(self._known, done, pending)
        try:
            self._write(self._known, inventory, pending)
        except StoreError as error:
            self._pending = pending
            return self._failed(error)
        self._failing = False
        return True

    def _failed(self, error: StoreError) -> bool:
        """Say so once; it is tried again until it goes well."""
        if not self._failing:
            _log.warning("what the routers say cannot be kept now: %s", error)
        self._failing = True
        return False

    def _run(self) -> None:
        going, pause = True, 0.0
        # A fault of our own ends one batch and not the watching: the pool holds it for the log.
        with ThreadPoolExecutor(1, thread_name_prefix="keeper") as pool:
            while going:
                rounds, going = self._gather(pause)
                future = pool.submit(self.work, rounds)
                if (error := future.exception()) is not None:
                    _log.error("taking in what routers said failed", exc_info=error)
                pause = 0.0 if error is not None or future.result() else AGAIN_SECONDS

    def _gather(self, pause: float) -> tuple[list[Round], bool]:
        """Return what comes during a pause, or at least the next thing; and whether to go on."""
        rounds: list[Round] = []
        end = time.monotonic() + pause
        while len(rounds) < BATCH:
            waits = max(end - time.monotonic(), 0.0) if pause or rounds else None
            try:
                done = self._queue.get(block=waits != 0.0, timeout=waits)
            except Empty:
                break
            if done is None:
                return rounds, False
            rounds.append(done)
        return rounds, True

    def _load(self) -> dict[str, Known]:
        """Return what the last run of the console remembered."""
        with self._database.reading() as session:
            states = session.scalars(select(RouterState)).all()
            still_open: dict[str, list[tuple[str, str]]] = {}
            for alarm in session.scalars(select(Alarm).where(Alarm.closed.is_(None))):
                still_open.setdefault(alarm.router, []).append((alarm.rule, alarm.subject))
        return {
            state.router: Known(
                Judge(still_open.get(state.router, ()), state.remembered),
                Summary(**{name: getattr(state, name) for name in _FIELDS}),
                Reach(state.reach),
                state.reach_since,
                state.last_contact,
            )
            for state in states
        }

    def _judge(self, everything: dict[str, Known], done: Round, pending: Pending) -> None:
        name, scrape = done.router.name, done.scrape
        known = everything.setdefault(name, Known(Judge()))
        before, reach_before = known.summary, known.reach
        since = before.configuration_read or known.last_contact or scrape.time
        transitions = known.judge.judge(scrape, done.at, ours=partial(self._ours, name, since))
        known.reach = reach_of(scrape, done.error)
        if known.reach is not reach_before or known.reach_since > scrape.time:
            known.reach_since = scrape.time
        if scrape.health:
            known.summary, known.last_contact = summarise(scrape.health), scrape.time
            traffic = known.rates.take(scrape.health, done.at)
            pending.samples.append(sample_of(name, scrape.time, known.summary, traffic))
            pending.records[name] = (scrape.time, as_json(scrape.health))
        pending.states[name] = self._state(known, done)
        pending.transitions += [(name, each, scrape.time) for each in transitions]
        shown = known.reach is not reach_before or any(
            getattr(known.summary, each) != getattr(before, each) for each in _SHOWN
        )
        pending.topics[f"router-{name}", name] = None
        if shown or transitions:
            pending.topics["fleet", name] = None
        if transitions:
            pending.topics["alarms", name] = None

    def _state(self, known: Known, done: Round) -> dict[str, Any]:
        return {
            "router": done.router.name,
            "reach": known.reach.value,
            "reach_since": known.reach_since,
            "checked": done.scrape.time,
            "last_contact": known.last_contact,
            "error": _fitting(done.scrape.error),
            "backup": done.scrape.backup_time,
            "remembered": known.judge.memory(),
            **{name: _fitting(value) for name, value in asdict(known.summary).items()},
        }

    def _write(self, known: dict[str, Known], inventory: Inventory, pending: Pending) -> None:
        closed = False
        with self._database.session() as session:
            _write_states(session, pending)
            messages = self._write_alarms(session, inventory, pending)
            if self._steady():
                for name in pending.states:
                    self._thin(session, name, known.get(name))
                closed = self._tidy(session, known, inventory)
        if closed:
            pending.topics["alarms", None] = pending.topics["fleet", None] = None
        for topic, router in pending.topics:
            self._hub.publish(topic, router)
        if messages:
            self._told()

    def _write_alarms(self, session: Session, inventory: Inventory, pending: Pending) -> bool:
        """Open and close alarms; whether somebody is to be told."""
        messages = False
        for name, transition, at in pending.transitions:
            router = inventory.routers.get(name)
            if taken := alarms.take_in(session, name, transition, at):
                labels = router.labels if router else {}
                messages |= outbox.put(session, self._receivers, *taken, labels, at)
        return messages

    def _steady(self) -> bool:
        """Whether the wall clock has not been set for a while."""
        now = self._clock.monotonic()
        offset = self._clock.time() - now
        if abs(offset - self._offset) > JUMP_SECONDS:
            _log.warning("the clock was set by %+.0f seconds", offset - self._offset)
            self._set_at = now
        self._offset = offset
        return now - self._set_at >= TIDY_SECONDS

    def _thin(self, session: Session, name: str, known: Known | None) -> None:
        now = self._clock.monotonic()
        if known is None:
            return  # it went meanwhile
        if known.thinned is None:
            # Spread over the hour, or all routers of a fleet would be thinned out at once.
            known.thinned = now - TIDY_SECONDS * phase(name)
        elif now - known.thinned >= TIDY_SECONDS:
            known.thinned = now
            thin(session, name, self._clock.time(), self._keep_seconds)

    def _tidy(self, session: Session, known: dict[str, Known], inventory: Inventory) -> bool:
        """Once in a while: what belongs to routers that are gone, and alarms that are over."""
        now = self._clock.monotonic()
        gone = set(known) - set(inventory.routers)
        if not gone and now - self._tidied < TIDY_SECONDS:
            return False
        self._tidied = now
        for name in gone:
            del known[name]
        old = self._clock.time() - self._keep_seconds
        for state in session.scalars(select(RouterState).where(RouterState.checked < old)):
            if state.router not in inventory.routers:
                for table in (RouterState, RouterRecord, Sample):
                    session.execute(delete(table).where(table.router == state.router))
        return alarms.tidy(session, inventory.routers.keys(), self._clock.time()) or bool(gone)


def _fitting(value: Any) -> Any:
    """Return a router's word so that every database takes it: PostgreSQL is strict about both."""
    return value.replace("\0", "")[:_LONGEST] if isinstance(value, str) else value


def _write_states(session: Session, pending: Pending) -> None:
    for state in pending.states.values():
        session.merge(RouterState(**state))
    for name, (at, record) in pending.records.items():
        session.merge(RouterRecord(router=name, time=at, record=record))
    for sample in pending.samples:
        session.merge(sample)
