"""Deliver a script: nothing half-written is ever run, and what fails leaves the old one running.

1. The file goes to a name beside the wanted one, is read back and compared byte for byte.
2. ``luac -p`` on the router judges it; what runs there has not been touched so far.
3. Two renames swap it in (REF 56.5.4). Renaming moves no data: a cut in between leaves either file
   whole, under a name that the next run understands.
4. The old task is stopped, the new one started and looked at after five seconds. Where it failed,
   the renames are undone and the old script is started again.

Flash wears: where the router has the same bytes already, nothing is written.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.change.clock import Clock, SystemClock
from yamaha_ops.change.event import Event, Kind, Report, silent
from yamaha_ops.change.lock import locked
from yamaha_ops.errors import (
    ApplyError,
    CommandError,
    ConnectError,
    ConsoleError,
    InputError,
    UnknownStateError,
    VerifyError,
    YamahaOpsError,
)
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.digest import sums, sums_on_router
from yamaha_ops.scripts.ledger import Put
from yamaha_ops.scripts.listing import Entry, listing, make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from yamaha_ops.router import Files, Session
    from yamaha_ops.scripts.door import Door
    from yamaha_ops.scripts.ledger import Ledger
    from yamaha_ops.scripts.ways import Way
    from yamaha_ops.status.lua import Task

FOLDER: Final = "/lua"

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.lua")
_FOLDER: Final = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9_-]*)+")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One script for one router, and the seams to the world.

    Attributes:
        router: Inventory name.
        name: The script's bare name on the router, ``watch.lua``.
        source: Its bytes.
        connect: Opens a session at administrator level.
        way: The way that the bytes take.
        door: The TFTP door, which a run that died may have left open.
        lock: The router's lock file: one run at a time changes a router.
        folder: Where it goes.
        begin: Whether it shall run afterwards; if not, what runs is left alone.
        arguments: What it is started with.
        anew: Whether it shall begin anew even where it runs the same bytes already.
        lies: Where :func:`prepare` has left its bytes a moment ago, compared and judged.
        ledger: Where it is noted what of it still runs as it was before.
        ours: Whether the inventory wants it, and may remove it once it does not.
    """

    router: str
    name: str
    source: bytes
    connect: Callable[[], Session]
    way: Way
    door: Door
    lock: Path
    folder: str = FOLDER
    begin: bool = True
    arguments: str = ""
    anew: bool = False
    lies: str = ""
    ledger: Ledger | None = None
    ours: bool = False
    clock: Clock = field(default_factory=SystemClock)
    report: Report = silent

    def __post_init__(self) -> None:
        """Refuse names that a console command could not carry safely."""
        if not _NAME.fullmatch(self.name) or self.name.endswith((".new.lua", ".old.lua")):
            raise InputError(
                f"{self.name!r} is no name for a script on the router",
                hint="letters, digits, - and _, then .lua",
            )
        if not _FOLDER.fullmatch(self.folder):
            raise InputError(f"{self.folder!r} is no folder for scripts; /lua is one")

    @property
    def path(self) -> str:
        """Where the script lies."""
        return f"{self.folder}/{self.name}"

    @property
    def new(self) -> str:
        """Where it lies until it has been judged."""
        return f"{self.folder}/{self.new_name}"

    @property
    def new_name(self) -> str:
        """Return ``watch.new.lua``."""
        return self.name.removesuffix(".lua") + ".new.lua"

    @property
    def old_name(self) -> str:
        """Return ``watch.old.lua``: what was there, until the new one has proved well."""
        return self.name.removesuffix(".lua") + ".old.lua"

    def tell(self, text: str, kind: Kind = Kind.STEP) -> None:
        """Report one event."""
        self.report(Event(self.router, kind, text))


@dataclass(frozen=True, slots=True)
class Delivered:
    """How a delivery ended.

    Attributes:
        router: Inventory name.
        script: Its path on the router.
        written: Whether flash was written.
        started: Whether it was started; not where it ran already.
        task: The number of the task that runs it, or None where none does.
    """

    router: str
    script: str
    written: bool
    started: bool
    task: int | None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def deliver(job: Delivery) -> Delivered:
    """Deliver a script and let it run.

    Raises:
        VerifyError: It was started, failed, and the one before is back.
        UnknownStateError: Not even that could be established.
        YamahaOpsError: It was refused before anything that runs was touched.
    """
    with locked(job.lock, router=job.router):
        delivering = _Delivering(job)
        try:
            return delivering.attempt()
        except _LineLostError:
            # A delivery goes on from wherever an earlier one was cut off.
            job.tell("the line was lost; going on with a new session", Kind.WARNING)
            return delivering.attempt()


def prepare(job: Delivery) -> str:
    """Bring a script as far as it can come before its configuration does; nothing is started.

    A new one is put in its place, where nothing starts it yet; one that replaces another waits
    beside it, compared and judged. :func:`deliver` goes on from there and writes nothing twice.
    The caller holds the router's lock.

    Returns:
        Where it lies now, for :attr:`Delivery.lies`.

    Raises:
        YamahaOpsError: It was refused before anything that runs was touched.
    """
    delivering = _Delivering(job)
    try:
        delivering.attempt(whole=False)
    except _LineLostError:
        job.tell("the line was lost; going on with a new session", Kind.WARNING)
        delivering.attempt(whole=False)
    return delivering.lies


class _LineLostError(ConnectError):
    """The console's line was lost in the middle."""


class _Delivering:
    """One delivery on its way."""

    _session: Session

    def __init__(self, job: Delivery) -> None:
        self._job = job
        self._was_running = False
        self.lies = job.path

    def attempt(self, *, whole: bool = True) -> Delivered:
        """Deliver on a session of its own, or only as far as nothing that runs is touched."""
        self._session = session = self._job.connect()
        try:
            with session.wide():
                done = self._carry_out(whole=whole)
        except (ConnectError, ConsoleError) as error:
            if session.usable:
                session.drop()
                raise
            session.drop()
            raise _LineLostError(
                error.message,
                router=session.router,
                command=error.command,
                hint="Say it again: what is half done is found and finished.",
            ) from error
        except BaseException:
            session.drop()
            raise
        session.close()
        return done

    def _carry_out(self, *, whole: bool) -> Delivered:
        job, session = self._job, self._session
        if job.door.recover(session):
            job.tell("the TFTP door closed that an earlier run left open", Kind.WARNING)
        before = tasks.state(session)
        if job.begin:
            tasks.require_slot(before, job.path, session.router)
        if make_folder(session, job.folder):
            job.tell(f"folder {job.folder} made")
        found = self._mended(listing(session, job.folder))
        written = self._upload(found)
        old = written and job.name in found
        if written:
            self._judge()
        if old and not whole:
            self.lies = job.new
            return Delivered(job.router, job.path, written, started=False, task=None)
        if written:
            self._swap_in(old=old)
        running = tasks.running(before, job.path)
        self._was_running = self._was_running or bool(running)
        task = running[0].id if running else None
        started = whole and job.begin and (written or job.anew or not running)
        if started:
            task = self._begin(written=written, old=old)
        if old:
            session.send(f"delete {job.folder}/{job.old_name}")
        self._note(running, written=written, started=started)
        return Delivered(job.router, job.path, written, started, task)

    def _note(self, running: Sequence[Task], *, written: bool, started: bool) -> None:
        """Keep what the router does not tell: whose the file is, and what runs an older one."""
        job = self._job
        if job.ledger is None:
            return
        if started:
            job.ledger.renew(job.path)
        elif written:
            job.ledger.outdate(running)
        if job.ours:
            entry = listing(self._session, job.folder).get(job.name)
            job.ledger.note(job.path, Put.of(job.source, entry.stamp if entry else None))

    def _mended(self, found: dict[str, Entry]) -> dict[str, Entry]:
        """Put back the old file where an earlier run was cut off, and return what is there now.

        A new one beside it may never have proved well.
        """
        job, session = self._job, self._session
        if job.old_name not in found:
            return found
        if job.name in found:
            session.send(f"delete {job.path}")
        session.send(f"rename {job.folder}/{job.old_name} {job.name}")
        job.tell(f"{job.path} put back: an earlier delivery was cut off", Kind.WARNING)
        return listing(session, job.folder)

    # --- the file ----------------------------------------------------------------------------

    def _upload(self, found: Mapping[str, Entry]) -> bool:
        """Bring the bytes to the new name, compared; tell whether they are not in place yet."""
        job = self._job
        if job.lies and self._has_size(found.get(job.lies.rpartition("/")[2])):
            return job.lies == job.new
        with job.way.open(self._session) as files:
            if self._has_size(found.get(job.name)) and self._holds(files, job.path):
                job.tell("nothing written: it is there already")
                return False
            if self._has_size(found.get(job.new_name)) and self._holds(files, job.new):
                return True
            try:
                self._send(files)
                self._require_arrived(files)
            except BaseException:
                self._discard()
                raise
        return True

    def _has_size(self, entry: Entry | None) -> bool:
        return entry is not None and entry.size == len(self._job.source)

    def _send(self, files: Files) -> None:
        job = self._job
        text, total = f"sending {job.name}", len(job.source)

        def told(done: int, _total: int | None) -> None:
            job.report(Event(job.router, Kind.PROGRESS, text, done, total, unit="bytes"))

        told(0, total)
        files.write(job.new, job.source, told)
        job.tell(f"{total:,} bytes sent to {job.new}")

    def _require_arrived(self, files: Files) -> None:
        job = self._job
        if not self._holds(files, job.new):
            raise ApplyError(
                f"what is in {job.new} is not what was sent there",
                router=job.router,
                hint="Is there room? `show status rtfs` on the router says so.",
            )

    def _holds(self, files: Files, path: str) -> bool:
        """Tell whether a file on the router has our bytes: read back, or else summed up there."""
        job = self._job
        text, total = f"reading {job.name} back", len(job.source)

        def told(done: int, _total: int | None) -> None:
            job.report(Event(job.router, Kind.PROGRESS, text, done, total, unit="bytes"))

        try:
            same = files.read(path, told) == job.source
        except CommandError as error:
            job.tell(f"{path} cannot be read back ({error.message}): summed up there", Kind.WARNING)
            there = sums_on_router(self._session, job.connect, path, job.clock)
            return there == sums(job.source)
        if same:
            job.tell(f"{path} read back, byte for byte the same")
        return same

    def _judge(self) -> None:
        """Let the router's own compiler read the file."""
        job = self._job
        if problem := tasks.compiles(self._session, job.new):
            self._discard()
            raise ApplyError(
                f"the router's luac refuses {job.name}; nothing that runs was touched",
                router=job.router,
                command=f"luac -p {job.new}",
                output=problem,
            )
        job.tell("luac on the router takes it")

    def _discard(self) -> None:
        """Remove the new file, on a new session where this one is lost. Leftovers do no harm."""
        command = f"delete {self._job.new}"
        with suppress(YamahaOpsError):
            if self._session.usable:
                self._session.send(command)
                return
            fresh = self._job.connect()
            with suppress(CommandError):
                fresh.send(command)
            fresh.close()

    def _swap_in(self, *, old: bool) -> None:
        job, session = self._job, self._session
        if old:
            session.send(f"rename {job.path} {job.old_name}")
        try:
            session.send(f"rename {job.new} {job.name}")
        except CommandError:
            if old:
                session.send(f"rename {job.folder}/{job.old_name} {job.name}")
            self._discard()
            raise
        job.tell(f"{job.path} swapped in")

    # --- the task ----------------------------------------------------------------------------

    def _begin(self, *, written: bool, old: bool) -> int | None:
        """Stop what runs of it, start it, look at it; put back what was there where it failed."""
        job = self._job
        trial = tasks.restart(self._session, job.connect, job.path, job.arguments, job.clock)
        if trial.error is None:
            number = trial.task.id if trial.task else None
            how = f"task {number}" if number else "and ended well"
            job.tell(f"{job.path} started, {how}")
            return number
        job.tell(trial.error, Kind.FAILURE)
        if not written:
            raise ApplyError(
                f"{job.path} failed when it was started", router=job.router, output=trial.error
            )
        back = self._take_back(old=old)
        raise VerifyError(
            f"{job.name} failed when it was started; {back}", router=job.router, output=trial.error
        )

    def _take_back(self, *, old: bool) -> str:
        job, session = self._job, self._session
        trial = tasks.Trial(None)
        try:
            tasks.stop(session, job.path, job.clock)
            session.send(f"rename {job.path} {job.new_name}")
            if old:
                session.send(f"rename {job.folder}/{job.old_name} {job.name}")
            session.send(f"delete {job.new}")
            if self._was_running:
                trial = tasks.start(session, job.connect, job.path, job.arguments, job.clock)
        except (ApplyError, ConsoleError) as error:
            raise UnknownStateError(
                f"{job.name} failed, and what was there could not be put back: {error.message}",
                router=job.router,
                output=error.output,
            ) from error
        if trial.error:
            raise UnknownStateError(
                f"{job.name} failed, and the one before fails now as well",
                router=job.router,
                output=trial.error,
            )
        if not old:
            return "it was removed"
        return "the one before is back" + (" and runs" if self._was_running else ", not running")
