"""Files that survive a crash as a whole, and locks that do not survive it."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def write(path: Path, data: bytes | Iterable[bytes], *, mode: int = 0o600) -> None:
    """Write a file so that after a crash it holds the old content or the new, never a part.

    Args:
        path: The file.
        data: Its content, whole or piece by piece.
        mode: Who may read it.

    Raises:
        OSError: The place cannot be written; the old file stands.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([data] if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def keep(path: Path, data: bytes) -> None:
    """Write a file of the toolkit's own, as :func:`write`, and make its folder if need be."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write(path, data)


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file that a user named, as a whole and readable by its owner only; text as UTF-8.

    Raises:
        InputError: The place cannot be written.
    """
    try:
        write(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from error


def remove(path: Path) -> None:
    """Remove a file so that it stays removed."""
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make a name that is new in a folder, or gone from it, survive a power cut."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class Lock:
    """A lock file. The kernel releases it with the process, however that ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self, *, wait: bool) -> bool:
        """Take the lock; without ``wait``, return False when somebody else has it."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        """Give the lock back, if it was taken."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


@contextmanager
def one_writer(path: Path) -> Iterator[None]:
    """Let one writer at a time at a file; readers see the old file or the new one."""
    lock = Lock(path.with_name(path.name + ".lock"))
    lock.acquire(wait=True)
    try:
        yield
    finally:
        lock.release()
