"""One change at a time on one router: a lock that a crash releases by itself."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise PlanError(
            f"the lock file cannot be opened ({error.strerror})", where=str(path)
        ) from error
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlanError(
                "another run is changing this router", router=router, hint="Wait until it ends."
            ) from None
        yield
    finally:
        os.close(file)
