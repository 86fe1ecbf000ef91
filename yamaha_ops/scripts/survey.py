"""A router against the scripts it should run: look, and bring it there."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from yamaha_ops.change.clock import Clock, SystemClock
from yamaha_ops.change.event import Event, Kind, Report, silent
from yamaha_ops.errors import CommandError
from yamaha_ops.scripts import tasks, wanted
from yamaha_ops.scripts.delivery import Delivered, Delivery, deliver
from yamaha_ops.scripts.listing import Entry, listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from yamaha_ops.router import Files, Session
    from yamaha_ops.scripts.access import Access
    from yamaha_ops.scripts.wanted import Difference, Script
    from yamaha_ops.scripts.ways import Way


def survey(access: Access, scripts: Sequence[Script], via: str = "auto") -> tuple[Difference, ...]:
    """Return how a router differs from what it should have. Nothing is changed.

    Bytes are read only where sizes agree; over TFTP that opens the door for as long as it takes.
    """
    with access.session() as session, session.wide(), ExitStack() as stack:
        access.door.recover(session)
        folders = {script.folder: _listed(session, script.folder) for script in scripts}
        lua = tasks.state(session)
        return wanted.compare(scripts, folders, _Reader(access.way(via), session, stack).read, lua)


class _Reader:
    """Reads files, and opens the way to them with the first one."""

    def __init__(self, way: Way, session: Session, stack: ExitStack) -> None:
        self._way = way
        self._session = session
        self._stack = stack
        self._files: Files | None = None

    def read(self, path: str) -> bytes:
        if self._files is None:
            self._files = self._stack.enter_context(self._way.open(self._session))
        return self._files.read(path)


def _listed(session: Session, folder: str) -> Mapping[str, Entry]:
    try:
        return listing(session, folder)
    except CommandError:
        return {}


def bring(
    access: Access,
    scripts: Iterable[Script],
    differences: Iterable[Difference],
    *,
    via: str = "auto",
    report: Report = silent,
    clock: Clock | None = None,
) -> Iterator[Delivered]:
    """Deliver and start what a survey found missing, different or stopped, one after the other.

    Their schedules and settings are configuration (:attr:`Script.wish`) and come before this. What
    nobody asked for is told and left alone: it may be somebody else's.

    Raises: as :func:`~yamaha_ops.scripts.delivery.deliver`, at the first that fails.
    """
    by_path = {script.path: script for script in scripts}
    for difference in differences:
        script = by_path.get(difference.path)
        if script is None:
            text = f"{difference.path} is there and nobody asked for it"
            report(Event(access.router.name, Kind.WARNING, text))
            continue
        yield deliver(
            Delivery(
                router=access.router.name,
                name=script.name,
                source=script.source,
                connect=access.session,
                way=access.way(via, report),
                door=access.door,
                lock=access.lock,
                folder=script.folder,
                begin=script.at == "startup",
                arguments=script.arguments,
                clock=clock or SystemClock(),
                report=report,
            )
        )
