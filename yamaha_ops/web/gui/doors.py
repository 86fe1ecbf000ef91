"""Keys to routers' web pages: each for one router and one login, for a while."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httpx

from yamaha_ops.web.access.sealing import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

IDLE_SECONDS: Final = 1800.0
LONGEST_SECONDS: Final = 8 * 3600.0
_MOST: Final = 1000


@dataclass(slots=True)
class Door:
    """A way to one router's pages.

    Attributes:
        router: Its name in the inventory.
        login: The browser session that opened it; the door closes with it.
        user: Who.
        address: From where.
        opened: When, in ticks.
        used: When last, in ticks.
        cookies: The router's, which never get as far as the browser.
        authorization: What the browser said to the router's own question for a password.
    """

    router: str
    login: int
    user: str
    address: str
    opened: float
    used: float
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies, repr=False)
    authorization: str | None = field(default=None, repr=False)


class Doors:
    """Every door that is open, in memory: none outlives the server.

    Args:
        ticks: Seconds by a clock that only goes forward.
        new_key: Makes keys.
    """

    def __init__(self, ticks: Callable[[], float], new_key: Callable[[], str]) -> None:
        self._ticks = ticks
        self._new_key = new_key
        self._lock = threading.Lock()
        self._doors: OrderedDict[str, Door] = OrderedDict()

    def open(self, router: str, login: int, user: str, address: str) -> str:
        """Open a door, and return its key."""
        now = self._ticks()
        key = self._new_key()
        with self._lock:
            self._doors[fingerprint(key)] = Door(router, login, user, address, now, now)
            while len(self._doors) > _MOST:
                self._doors.popitem(last=False)
        return key

    def find(self, router: str, key: str) -> Door | None:
        """Return the door that a key opens, and note that it was used; None for no key."""
        now = self._ticks()
        with self._lock:
            known = fingerprint(key)
            door = self._doors.get(known)
            if door is None or door.router != router:
                return None
            if now - door.used > IDLE_SECONDS or now - door.opened > LONGEST_SECONDS:
                del self._doors[known]
                return None
            door.used = now
            return door
