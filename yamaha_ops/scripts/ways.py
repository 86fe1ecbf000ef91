"""The ways that a script's bytes can take to the router."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from yamaha_ops.change.event import Event, Kind, Report, silent
from yamaha_ops.errors import (
    AuthenticationError,
    ConnectError,
    ConnectTimeoutError,
    HostKeyError,
    UnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.router import Files, Session
    from yamaha_ops.scripts.door import Door

    Open = Callable[[], Files]


class Way(Protocol):
    """How to get at the router's files."""

    def open(self, session: Session) -> AbstractContextManager[Files]:
        """Open the way for the block; the session is there to open doors with."""
        ...


@dataclass(frozen=True, slots=True)
class Sftp:
    """Encrypted, and nothing has to be opened for it: the router offers it, or not."""

    files: Open

    def open(self, session: Session) -> AbstractContextManager[Files]:
        """See :class:`Way`."""
        del session
        return self.files()


@dataclass(frozen=True, slots=True)
class Tftp:
    """In the clear, the password in the file's name, through a door that is opened for it."""

    files: Open
    door: Door

    @contextmanager
    def open(self, session: Session) -> Iterator[Files]:
        """See :class:`Way`."""
        with self.door.open(session), self.files() as files:
            yield files


@dataclass(frozen=True, slots=True)
class SftpOrTftp:
    """SFTP where the router offers it, else TFTP, and a word about it."""

    sftp: Sftp
    tftp: Tftp
    report: Report = silent

    @contextmanager
    def open(self, session: Session) -> Iterator[Files]:
        """See :class:`Way`."""
        with self._chosen(session) as files:
            yield files

    def _chosen(self, session: Session) -> AbstractContextManager[Files]:
        try:
            return self.sftp.open(session)
        except (AuthenticationError, HostKeyError, UnreachableError, ConnectTimeoutError):
            # A refused password must not be sent again in the clear, nor to who knows whom.
            raise
        except ConnectError:
            text = "no SFTP here (`sftpd host`): TFTP it is, with the password in the clear"
            self.report(Event(session.router, Kind.WARNING, text))
            return self.tftp.open(session)
