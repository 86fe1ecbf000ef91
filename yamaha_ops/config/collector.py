"""The garbage collector, out of the way while thousands of objects are made that will stay."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = Lock()
_pausing = 0
_was_enabled = False


@contextmanager
def paused_collector() -> Iterator[None]:
    """Keep the collector from walking a growing configuration again and again.

    Settings hold no cycles, so nothing is lost; without this the time to read a text grows faster
    than the text. Several threads may be inside at once: the last one out restores the collector.
    """
    global _pausing, _was_enabled  # noqa: PLW0603 -- the collector is one for the process
    with _lock:
        if not _pausing:
            _was_enabled = gc.isenabled()
            gc.disable()
        _pausing += 1
    try:
        yield
    finally:
        with _lock:
            _pausing -= 1
            if not _pausing and _was_enabled:
                gc.enable()
