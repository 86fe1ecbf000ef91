"""Standard streams that stop no change, though their reader has gone or a disk is full.

What a change says is for people; that nobody hears it is no reason to leave a router half-way.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from typing import TextIO


def steady(stream: TextIO) -> IO[str]:
    """Return a stream that goes silent where it can no longer be written, instead of raising."""
    return cast("IO[str]", _Steady(stream))


class _Steady:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, if anybody still reads."""
        try:
            return self._stream.write(text)
        except OSError:
            self._silence()
            return len(text)

    def flush(self) -> None:
        """Flush, if anybody still reads."""
        try:
            self._stream.flush()
        except OSError:
            self._silence()

    def _silence(self) -> None:
        """Lead it nowhere, so that the interpreter has nothing to complain of at exit either."""
        with suppress(OSError):  # a stream of a test has no number
            nowhere = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(nowhere, self._stream.fileno())
            finally:
                os.close(nowhere)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
