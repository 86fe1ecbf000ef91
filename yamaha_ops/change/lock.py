"""One change at a time on one router: a lock that a crash releases by itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from yamaha_ops.durable import Lock
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(path: Path, *, router: str) -> Iterator[None]:
    """Hold the router's lock file.

    The kernel's ``flock`` is used because it ends with the process, however that ends: a lock file
    that is merely present would have to be removed by hand after a crash.

    Raises:
        PlanError: Another run holds it, or the folder cannot be written.
    """
    lock = Lock(path)
    try:
        free = lock.acquire(wait=False)
    except OSError as error:
        raise PlanError(
            f"the lock file cannot be opened ({error.strerror})", where=str(path)
        ) from error
    if not free:
        raise PlanError(
            "another run is changing this router", router=router, hint="Wait until it ends."
        )
    try:
        yield
    finally:
        lock.release()
