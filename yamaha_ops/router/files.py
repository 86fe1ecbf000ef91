"""A router's files, whichever way they travel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, Self

Told = Callable[[int, int | None], None]
"""Told how many bytes have gone, and out of how many (None where that is not known)."""


def untold(done: int, total: int | None) -> None:
    """Tell nobody."""
    del done, total


class Files(Protocol):
    """Files on a router, by path. A context manager: leaving it closes the connection.

    A configuration read this way holds real secrets and is CP932 with CR LF (REF 2.3); it is handed
    on as the bytes it is.
    """

    def read(self, path: str, told: Told = untold) -> bytes:
        """Return a file; tell on the way how much of it is here.

        Raises:
            CommandError: The router has no such file, or does not give it.
            ConnectError: The line was lost.
        """
        ...

    def write(self, path: str, data: bytes, told: Told = untold) -> None:
        """Create or replace a file; tell on the way how much of it is there.

        Raises: as :meth:`read`. The file may have been written in part.
        """
        ...

    def close(self) -> None:
        """Close the connection."""
        ...

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        ...
