"""A session that knows the secrets behind the masks, as far as the router tells them elsewhere.

A console shows ``*`` for a secret, and a plan takes ``*`` for equal: a changed secret would never
be sent. Read this way, the running configuration holds the secrets of the saved file, except where
the router itself says that the two differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from yamaha_ops.config import Configuration
from yamaha_ops.errors import CommandError, ConnectError, SecretError
from yamaha_ops.history.completing import completed

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.actions.backups import LiveSource
    from yamaha_ops.router import Session


class _Revealing:
    def __init__(self, session: Session, source: LiveSource, warn: Callable[[str], object]) -> None:
        self._session = session
        self._source = source
        self._warn = warn

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def configuration(self) -> str:
        shown = self._session.configuration()
        running = Configuration.parse(shown, source=self._session.router)
        slot = self._source.slot()
        unsaved = self._source.unsaved(running, slot) if slot else None
        if slot is None or unsaved is None:
            self._warn("secrets are not compared: the router does not tell what is unsaved")
            return shown
        try:
            file = Configuration.parse(self._source.file(slot), source=self._session.router)
        except (ConnectError, CommandError, SecretError) as error:
            self._warn(f"secrets are not compared: SFTP does not give them ({error.message})")
            return shown
        return completed(running, file, unsaved).text


def revealing(session: Session, source: LiveSource, warn: Callable[[str], object]) -> Session:
    """Return a session whose ``configuration`` holds secrets instead of masks.

    Args:
        session: A session at administrator level.
        source: The same router, with its files.
        warn: Told why secrets cannot be had.
    """
    return cast("Session", _Revealing(session, source, warn))
