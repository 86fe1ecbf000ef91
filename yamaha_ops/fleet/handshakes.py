"""How many handshakes a process does at once, apart from how many sessions it has."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

HANDSHAKES = max(4, 4 * (os.cpu_count() or 1))
"""The usual number: each keeps a processor busy, and more only make all of them late."""


@dataclass(frozen=True, slots=True)
class Handshakes:
    """Held during a handshake: all with the same limit share one count within a process.

    It is a number and no lock, so a job that holds it can be sent to another process, where it
    limits what that process does.
    """

    limit: int = HANDSHAKES

    def __enter__(self) -> None:
        _count(self.limit).acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _count(self.limit).release()


@cache
def _count(limit: int) -> BoundedSemaphore:
    return BoundedSemaphore(limit)
