"""Live pages: what changed is said by server-sent events, and nothing is said while nothing does.

A page follows topics (``fleet``, ``router-home``, ``change-12``). A message names the topics that
changed and carries nothing else: the page fetches what it shows anew, with its own rights. So a
stream needs no more secrecy than that something happened, and that too only of what one may see.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, OrderedDict
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from types import TracebackType

    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console

    Guard: TypeAlias = Callable[[Console, Visitor, str], bool]

HEARTBEAT_SECONDS: Final = 45.0
"""How often a silent stream says that it lives: proxies cut a connection after a minute."""

LONGEST_SECONDS: Final = 900.0
"""After so long a stream ends; the browser opens another one, and has its rights looked at."""

MOST_STREAMS: Final = 12
"""Streams of one visitor at the same time."""

MOST_TOPICS: Final = 50
"""Topics that one stream follows."""

GUARDS: Final[dict[str, Guard]] = {}
"""Who may follow topics that begin with a word (``router`` of ``router-home``). Whoever publishes
topics of a new kind says so here; what stands not here nobody may follow."""

_REMEMBERED: Final = 20_000
"""Topics whose last change is remembered, for pages that were made before their stream."""

_GAPS: Final = {"change": 0.2, "run": 0.3, "router": 1.0}
_GAP: Final = 3.0
"""Between two messages about one topic; those of a fleet would else never end."""


class Hub:
    """Where changes are made known. :meth:`publish` may be called from any thread."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)
        self._lock = Lock()
        self._number = 0
        self._last: OrderedDict[str, int] = OrderedDict()
        self._streams: dict[str, set[Stream]] = {}
        self._owners: Counter[int] = Counter()
        self.closed = False

    @property
    def mark(self) -> str:
        """Names this moment: a stream opened with it misses nothing that happens from now on."""
        with self._lock:
            return self._mark()

    @property
    def streams(self) -> int:
        """How many streams are open."""
        with self._lock:
            return sum(self._owners.values())

    def publish(self, topic: str, router: str | None = None) -> None:
        """Say that something changed.

        Args:
            topic: What.
            router: Whose change it is: only whoever sees that router is told.
        """
        with self._lock:
            self._number += 1
            self._last[topic] = self._number
            self._last.move_to_end(topic)
            while len(self._last) > _REMEMBERED:
                self._last.popitem(last=False)
            following = tuple(self._streams.get(topic, ()))
        for stream in following:
            if router is None or stream.allows(router):
                stream.tell(topic)

    def close(self) -> None:
        """End every stream, now and from now on."""
        with self._lock:
            self.closed = True
            everybody = {stream for each in self._streams.values() for stream in each}
        for stream in everybody:
            stream.wake()

    def count(self, owner: int) -> int:
        """Return how many streams a visitor has."""
        with self._lock:
            return self._owners[owner]

    def enter(self, stream: Stream, since: str | None) -> None:
        """Let a stream follow its topics; what changed since a mark it is told at once."""
        with self._lock:
            self._owners[stream.owner] += 1
            for topic in stream.topics:
                self._streams.setdefault(topic, set()).add(stream)
            missed = self._missed(stream.topics, since)
        for topic in missed:
            stream.tell(topic)

    def leave(self, stream: Stream) -> None:
        """Forget a stream."""
        with self._lock:
            self._owners[stream.owner] -= 1
            if not self._owners[stream.owner]:
                del self._owners[stream.owner]
            for topic in stream.topics:
                self._streams[topic].discard(stream)
                if not self._streams[topic]:
                    del self._streams[topic]

    def _mark(self) -> str:
        return f"{self._run}-{self._number}"

    def _missed(self, topics: Iterable[str], since: str | None) -> list[str]:
        if since is None:
            return []
        run, _, number = since.partition("-")
        if run != self._run or not (number.isascii() and number.isdecimal()):
            return list(topics)  # of another run of the server: anything may have changed
        known = int(number)
        return [topic for topic in topics if self._last.get(topic, 0) > known]


class Stream:
    """One browser that follows topics. Enter it on the event loop that it is read from.

    Args:
        hub: Where from.
        topics: What it follows.
        owner: Whose it is.
        allows: Which routers that visitor sees.
        since: A mark of the hub.
    """

    def __init__(
        self,
        hub: Hub,
        topics: Iterable[str],
        *,
        owner: int = 0,
        allows: Callable[[str], bool] = lambda _router: True,
        since: str | None = None,
    ) -> None:
        self.topics = frozenset(topics)
        self.owner = owner
        self.allows = allows
        self._hub = hub
        self._since = since
        self._lock = Lock()
        self._pending: set[str] = set()
        self._sent: dict[str, float] = {}
        self._event = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def __aenter__(self) -> Self:
        self._hub.enter(self, self._since)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._hub.leave(self)

    def tell(self, topic: str) -> None:
        """Take in that a topic changed; from any thread."""
        with self._lock:
            if topic in self._pending:
                return
            self._pending.add(topic)
        self.wake()

    def wake(self) -> None:
        """Let whoever waits look again; from any thread."""
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._event.set)

    async def next(self, seconds: float) -> frozenset[str]:
        """Wait for topics that changed; nothing after so many seconds, or at the end."""
        deadline = self._loop.time() + seconds
        while True:
            # Wakings are run by this loop, so none is lost between here and the waiting.
            self._event.clear()
            now = self._loop.time()
            ready, until = self._ready(now)
            if ready or now >= deadline or self._hub.closed:
                return ready
            with suppress(TimeoutError):
                await asyncio.wait_for(self._event.wait(), min(until, deadline) - now)

    def _ready(self, now: float) -> tuple[frozenset[str], float]:
        """Return the topics that may be told now, and when the next one may."""
        with self._lock:
            due = {topic: self._sent.get(topic, -_GAP) + gap(topic) for topic in self._pending}
            ready = frozenset(topic for topic, when in due.items() if when <= now)
            self._pending -= ready
            self._sent |= dict.fromkeys(ready, now)
            return ready, min((due[topic] for topic in self._pending), default=float("inf"))


def gap(topic: str) -> float:
    """Return the seconds between two messages about a topic."""
    return _GAPS.get(topic.partition("-")[0], _GAP)


async def messages(
    stream: Stream, hub: Hub, *, heartbeat: float = HEARTBEAT_SECONDS, longest: float | None = None
) -> AsyncIterator[str]:
    """Write what a stream tells as server-sent events, until it is over."""
    loop = asyncio.get_running_loop()
    end = loop.time() + (LONGEST_SECONDS if longest is None else longest)
    async with stream:
        yield f"retry: 3000\nid: {hub.mark}\n\n"
        while not hub.closed and loop.time() < end:
            mark = hub.mark
            topics = await stream.next(min(heartbeat, max(end - loop.time(), 0.0)))
            if topics:
                yield f"id: {mark}\ndata: {' '.join(sorted(topics))}\n\n"
            elif not hub.closed:
                yield ": still here\n\n"
