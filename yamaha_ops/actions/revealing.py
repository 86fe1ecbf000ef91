"""The secrets behind the masks, as far as the router tells them elsewhere.

A console shows ``*`` for a secret, and a plan takes ``*`` for equal: a changed secret would never
be sent. Here the running configuration gets the secrets of the saved file, except where the router
itself says that the two differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration
from yamaha_ops.errors import CommandError, ConnectError, SecretError
from yamaha_ops.history.completing import completed

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.history.reading import Source


def reveal(source: Source, running: Configuration, warn: Callable[[str], object]) -> Configuration:
    """Return a running configuration with secrets instead of masks, where they can be had.

    Args:
        source: The router, on a session at administrator level, with its files.
        running: As ``show config`` prints it.
        warn: Told why secrets cannot be had.
    """
    slot = source.slot()
    unsaved = source.unsaved(running, slot) if slot else None
    if slot is None or unsaved is None:
        warn("secrets are not compared: the router does not tell what is unsaved")
        return running
    try:
        file = Configuration.parse(source.file(slot), source=source.router)
    except (ConnectError, CommandError, SecretError) as error:
        warn(f"secrets are not compared: SFTP does not give them ({error.message})")
        return running
    return completed(running, file, unsaved)
