"""What was about to be done to a router, on disk before the first byte is sent.

One append-only file of JSON lines per change, fsynced after every line. A line that a crash cut
short is passed over: the step it would have recorded is then known not to have been reached. The
file stands as ``NAME.jsonl`` while the change is open and moves to ``done/`` when its outcome is
known, so an open journal is the sign that somebody has to resume.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from yamaha_ops.durable import sync_folder
from yamaha_ops.errors import PlanError, UnknownStateError

if TYPE_CHECKING:
    from pathlib import Path


class Step(IntEnum):
    """How far a change has come; a step is recorded *before* it is taken, unless it says done."""

    PLANNED = 0
    ARMING = 1
    ARMED = 2
    SENDING = 3
    SENT = 4
    VERIFIED = 5
    CONFIRMING = 6
    CONFIRMED = 7
    SAVING = 8
    TAKING_BACK = 9
    DONE = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal.

    Attributes:
        step: The step.
        at: Seconds since the epoch, by this machine's clock.
        data: What belongs to the step (the plan, the deadline, the command's number ...).
    """

    step: Step
    at: float
    data: dict[str, Any]


class Journal:
    """The journal of one change to one router.

    Args:
        path: ``<state>/journal/NAME.jsonl``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, step: Step, at: float, **data: Any) -> None:
        """Append one entry and wait until it is on the disk.

        Raises:
            PlanError: The disk refuses (full, read-only). Nothing may be sent to the router then.
        """
        line = json.dumps({"step": step.name, "at": at, **data}, ensure_ascii=False) + "\n"
        new = not self.path.exists()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                _write_whole(file, _mend(file) + line.encode())
                os.fsync(file)
            finally:
                os.close(file)
            if new:
                sync_folder(self.path.parent)
        except OSError as error:
            raise PlanError(
                f"the journal cannot be written ({error.strerror})",
                where=str(self.path),
                hint="Nothing is sent to a router without a journal: make room or fix the folder.",
            ) from error

    def entries(self) -> tuple[Entry, ...]:
        """Read back what is certain; a torn last line is not."""
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise UnknownStateError(
                f"the journal cannot be read ({error.strerror})",
                where=str(self.path),
                hint="A change may be open: make the file readable first.",
            ) from error
        found = []
        for line in text.splitlines():
            try:
                data = json.loads(line)
                step, at = Step[data.pop("step")], float(data.pop("at"))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue
            found.append(Entry(step, at, data))
        return tuple(found)

    def ended_since(self, at: float) -> Entry | None:
        """Return the outcome of the last change that was put away since then, if there is one."""
        moments = {
            int(moment): path
            for path in (self.path.parent / "done").glob("*.jsonl")
            if (moment := path.stem.removeprefix(f"{self.path.stem}-")).isdecimal()
        }
        last = max(moments, default=-1)
        # A name has the whole milliseconds only.
        if last < 0 or last + 1 <= at * 1000:
            return None
        entries = Journal(moments[last]).entries()
        return entries[-1] if entries and entries[-1].step is Step.DONE else None

    def close(self, at: float, **outcome: Any) -> None:
        """Record the outcome and put the journal away; the change is no longer open."""
        self.write(Step.DONE, at, **outcome)
        done = self.path.parent / "done"
        target = done / f"{self.path.stem}-{int(at * 1000)}.jsonl"
        try:
            done.mkdir(exist_ok=True, mode=0o700)
            self.path.replace(target)
            sync_folder(self.path.parent)
            sync_folder(done)
        except OSError as error:
            raise PlanError(
                f"the journal cannot be put away ({error.strerror})", where=str(target)
            ) from error


def journal_of(state: Path, router: str) -> Journal:
    """Return the journal of a router's open change, if there is one.

    Args:
        state: The folder that keeps journals and locks.
        router: Inventory name.
    """
    return Journal(state / "journal" / f"{router}.jsonl")


def _mend(file: int) -> bytes:
    """Return what ends a torn last line, so that the next one starts on its own."""
    size = os.fstat(file).st_size
    return b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""


def _write_whole(file: int, data: bytes) -> None:
    """Write all of it or take back what was written: half a line would hide the ones after it."""
    before = os.fstat(file).st_size
    written = 0
    try:
        while written < len(data):
            written += os.write(file, data[written:])
    except OSError:
        with suppress(OSError):
            os.ftruncate(file, before)
        raise
