"""Files that commands leave behind: whole or not at all, and for their owner only."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from yamaha_ops.errors import InputError


def write_private(path: Path, content: str | bytes) -> None:
    """Write a file atomically, readable by its owner only; text as UTF-8.

    Raises:
        InputError: The place cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from error
