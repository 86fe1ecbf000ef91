"""Look at a router's scripts without changing anything, and without opening a door."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from yamaha_ops.errors import CommandError, ConnectError
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.listing import Entry, listing
from yamaha_ops.scripts.wanted import Script, Seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from yamaha_ops.router import Files, Session
    from yamaha_ops.scripts.access import Access


@contextmanager
def survey(access: Access, session: Session, scripts: Sequence[Script]) -> Iterator[Seen]:
    """Look at what a router has of the scripts it should have, and of those it once had.

    Bytes are read over SFTP where the router offers it. Over TFTP the password would travel in the
    clear for a mere look, so there the record of what was put there has to do.

    Raises:
        ConsoleError: The router's answer is none, or the record cannot be read.
    """
    book = access.ledger.read()
    paths = {script.path for script in scripts} | book.put.keys()
    folders = sorted({path.rpartition("/")[0] for path in paths if path.startswith("/")})
    offered = not scripts or any(script.via in {"auto", "sftp"} for script in scripts)
    with ExitStack() as stack:
        with session.wide():
            found = {folder: _listed(session, folder) for folder in folders}
            lua = tasks.state(session)
        yield Seen(found, lua, book, _Reader(access, session, stack, offered=offered).read)


class _Reader:
    """Reads files over SFTP, and logs in with the first one."""

    def __init__(
        self, access: Access, session: Session, stack: ExitStack, *, offered: bool
    ) -> None:
        self._access = access
        self._session = session
        self._stack = stack
        self._offered = offered
        self._files: Files | None = None

    def read(self, path: str) -> bytes | None:
        try:
            if self._offered and self._files is None:
                way = self._access.way("sftp")
                self._files = self._stack.enter_context(way.open(self._session))
            return self._files.read(path) if self._files else None
        except CommandError:
            return None
        except ConnectError:
            # Whatever keeps it from us, the delivery will say; a look does without.
            self._offered, self._files = False, None
            return None


def _listed(session: Session, folder: str) -> Mapping[str, Entry]:
    try:
        return listing(session, folder)
    except CommandError:
        return {}
