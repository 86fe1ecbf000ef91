"""A router's files, whichever way they travel."""

from __future__ import annotations

from typing import Protocol, Self


class Files(Protocol):
    """Files on a router, by path. A context manager: leaving it closes the connection.

    A configuration read this way holds real secrets and is CP932 with CR LF (REF 2.3); it is handed
    on as the bytes it is.
    """

    def read(self, path: str) -> bytes:
        """Return a file.

        Raises:
            CommandError: The router has no such file, or does not give it.
            ConnectError: The line was lost.
        """
        ...

    def write(self, path: str, data: bytes) -> None:
        """Create or replace a file.

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
