"""What somebody wanted to see of a router: asked for, kept for a while, never written down."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.actions.remote import execute
from yamaha_ops.facts import LanMap, read_lan_map
from yamaha_ops.web.errors import ConflictError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.actions.remote import Ended
    from yamaha_ops.inventory import Router
    from yamaha_ops.router import Session

MOST: Final = 200
"""Answers that are kept; the one that nobody looked at for longest goes first."""

_SECONDS: Final = 30.0
_LONGEST: Final = 180.0
"""``show techinfo`` prints a megabyte."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and when it was given."""

    time: float
    answer: Any


class Answers:
    """Asks routers in a session of its own, one question at a time each.

    Args:
        opened: Opens a session within so many seconds.
        now: Seconds since 1970.
    """

    def __init__(
        self, opened: Callable[[Router, float], Session], now: Callable[[], float]
    ) -> None:
        self._opened = opened
        self._now = now
        self._lock = Lock()
        self._busy: set[str] = set()
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()

    def known(self, router: str, about: str) -> Kept | None:
        """Return what was answered last to a command, or about the ``lan-map``."""
        with self._lock:
            if (router, about) in self._kept:
                self._kept.move_to_end((router, about))
            return self._kept.get((router, about))

    def command(self, router: Router, command: str, *, administrator: bool = False) -> Ended:
        """Enter a command that reads; how it ended is kept, its secrets masked.

        Raises:
            ConflictError: Somebody else is asking this router just now.
            ConnectError, SecretError, AuthenticationError: No session can be had.
        """
        with self._session(router) as session:
            if administrator:
                session.administrator()
            ended = next(iter(execute(session, [command], read_only=True, timeout=_LONGEST)))
        self._keep(router.name, command, ended)
        return ended

    def lan_map(self, router: Router) -> LanMap:
        """Ask what hangs on a router.

        Raises: as :meth:`command`, and ConsoleError.
        """
        with self._session(router) as session:
            found = read_lan_map(session.run, router.name)
        self._keep(router.name, "lan-map", found)
        return found

    @contextmanager
    def _session(self, router: Router) -> Iterator[Session]:
        with self._lock:
            if router.name in self._busy:
                raise ConflictError("this router is being asked just now", router=router.name)
            self._busy.add(router.name)
        try:
            session = self._opened(router, _SECONDS)
            try:
                yield session
            finally:
                # Logging out would accept a change that somebody else has pending.
                session.drop()
        finally:
            with self._lock:
                self._busy.discard(router.name)

    def _keep(self, router: str, about: str, answer: Any) -> None:
        with self._lock:
            self._kept[router, about] = Kept(self._now(), answer)
            self._kept.move_to_end((router, about))
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
