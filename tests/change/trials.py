"""Every step of an apply, struck by every fault: what is left must be the old or the wanted state.

A trial runs one apply on an emulated router, lets one fault strike at one step, resumes at most
once, and then looks at the router itself, running and saved, not at what the tool believes.
"""

from __future__ import annotations

import errno
import os
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, cast
from unittest import mock

from tests.change.bench import administrator
from yamaha_ops.change import loading
from yamaha_ops.change.loading import PLACE
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.errors import CommandError, YamahaOpsError
from yamaha_ops.router import SftpFiles, shell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.change.bench import Bench
    from yamaha_ops.router import Files, Session

    Point = tuple[str, str, int]

LOADED = f"load file {PLACE} difference silent no-key-generate rollback-timer=210"
STEPS: dict[str, dict[str, Point]] = {
    "rollback-timer": {
        "read": ("first", "configuration", 1),
        "read again": ("first", "configuration", 2),
        "arm": ("first", "send rollback timer 210", 1),
        "first command": ("first", "send ipv6 prefix 1 ra-prefix@lan2::/64", 1),
        "middle command": ("first", "send ip tunnel mtu 1460", 1),
        "last command": ("first", "send ip route default gateway tunnel 1", 1),
        "read back": ("second", "configuration", 1),
        "look": ("second", "run show nat descriptor address", 1),
        "log out of the second session": ("second", "close", 1),
        "keep alive": ("first", "keep_alive", 1),
        "confirm": ("first", "send confirm", 1),
        "read confirmed": ("first", "configuration", 3),
        "save": ("first", "save", 1),
        "log out": ("first", "close", 1),
    },
    "load": {
        "read": ("first", "configuration", 1),
        "read again": ("first", "configuration", 2),
        "upload": ("files", f"write {PLACE}", 1),
        "ask for the difference": ("first", f"send show config difference file {PLACE}", 1),
        "load": ("first", f"send {LOADED}", 1),
        "read back": ("second", "configuration", 1),
        "look": ("second", "run show nat descriptor address", 1),
        "log out of the second session": ("second", "close", 1),
        "keep alive": ("first", "keep_alive", 1),
        "confirm": ("first", "send confirm", 1),
        "take the file away": ("first", f"send delete {PLACE}", 1),
        "read confirmed": ("first", "configuration", 3),
        "save": ("first", "save", 1),
        "log out": ("first", "close", 1),
    },
}
"""By guard and step: which session of the run, which of its operations, which time."""

READING = {
    "read",
    "read again",
    "ask for the difference",
    "read back",
    "look",
    "keep alive",
    "read confirmed",
}
"""Steps that leave the router as it is: before and after them is the same to it."""


def trials(*, whole: bool = True) -> Iterator[tuple[str, str, bool, str]]:
    """Yield guard, step, whether the fault strikes after it, and fault of every trial.

    Args:
        whole: All of them; else of a later guard only the steps that are its own.
    """
    known: set[str] = set()
    for guard, steps in STEPS.items():
        for step in steps if whole else steps.keys() - known:
            for after in (False,) if step in READING else (False, True):
                for fault in FAULTS:
                    yield guard, step, after, fault
        known |= steps.keys()


OLD = {Result.FAILED, Result.TAKEN_BACK}
NEW = {Result.CHANGED, Result.FINISHED}
POWER_OFF_SECONDS = 90.0
PATIENT_SECONDS = 30.0
IMPATIENCE = 0.5
IMPATIENT = {
    (shell, "PATIENCE"): IMPATIENCE,
    (shell, "SAVE_PATIENCE"): IMPATIENCE,
    (shell, "FAREWELL"): IMPATIENCE,
    (loading, "LOAD_SECONDS"): IMPATIENCE,
}
"""Real seconds of the client's patience once a fault has struck. Before, it has all its patience: a
busy machine must not be taken for the fault."""


class Killed(BaseException):
    """Our process ends here; nothing that follows may reach the router."""


@dataclass
class Trial:
    """One run with one fault.

    Attributes:
        bench: The router and the job.
        step: One of :data:`STEPS` of the job's guard.
        fault: One of :data:`FAULTS`.
        after: Whether it strikes when the router has done the step already.
    """

    bench: Bench
    step: str
    fault: str
    after: bool
    struck: bool = False
    sessions: int = 0
    patches: ExitStack = field(default_factory=ExitStack)

    @property
    def point(self) -> Point:
        """Where the fault strikes."""
        return STEPS[self.bench.job.guard][self.step]

    def run(self) -> str:
        """Run and return ``old`` or ``new``; anything else is an ``AssertionError``."""
        said = self._interrupted()
        assert self.struck, f"the step {self.step!r} was never reached"
        self.bench.router.faults.clear()
        self.patches.close()
        if said is None or self.bench.job.journal.entries():
            said = self.bench.apply(resume_only=True)
        # Whatever may still be pending on the router must not change its mind.
        self.bench.job.clock.sleep(3600)
        assert PLACE not in self.bench.router.do(lambda device: device.rtfs.files)
        if self.bench.is_new:
            assert said.result in NEW | {Result.UNCHANGED}, said
            return "new"
        assert self.bench.is_old, f"neither old nor new, though it was said: {said}"
        assert said.result in OLD | {Result.UNCHANGED}, said
        return "old"

    def _interrupted(self) -> Outcome | None:
        job = replace(self.bench.job, connect=self._connect, files=self._files)
        try:
            return replace(self.bench, job=job).apply()
        except Killed:
            return None
        except YamahaOpsError:
            assert not self.bench.job.journal.entries(), "an error, and a change left open"
            return Outcome("home", Result.FAILED, "nothing was sent")

    def _connect(self) -> Session:
        if self.struck:
            # A fault of the wire lasts until somebody dials in anew.
            self.bench.router.faults.clear()
            session = self.bench.job.connect()
        else:
            session = administrator(self.bench.entry, self.bench.job.state, PATIENT_SECONDS)
        self.sessions += 1
        which = {1: "first", 2: "second"}.get(self.sessions, "later")
        return Watched(session, which, self)

    def _files(self) -> Files:
        files = SftpFiles(self.bench.entry, state=self.bench.job.state, timeout=PATIENT_SECONDS)
        return cast("Files", Watched(files, "files", self))

    def strike(self, session: Watched, operation: str) -> str | None:
        """Let the fault happen; return a command to send instead, if that is the fault."""
        self.struck = True
        for (module, name), seconds in IMPATIENT.items():
            self.patches.enter_context(mock.patch.object(module, name, seconds))
        return FAULTS[self.fault](self, session, operation)


class Watched:
    """A session, or files, that tells the trial what it is about to do and what it has done."""

    def __init__(self, session: Session | Files, which: str, trial: Trial) -> None:
        self._session = session
        self._which = which
        self._trial = trial
        self._count: dict[str, int] = {}
        self.dead = False

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._session, name)
        if name not in {"run", "send", "configuration", "save", "keep_alive", "close", "write"}:
            return value
        return lambda *arguments, **options: self._do(name, partial(value, **options), arguments)

    def drop(self) -> None:
        getattr(self._session, "drop", self._session.close)()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def _do(self, name: str, act: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        if self.dead or (self._trial.struck and self._trial.fault == "killed"):
            self.drop()
            raise Killed
        operation = " ".join((name, *(each for each in arguments if isinstance(each, str))))
        self._count[operation] = self._count.get(operation, 0) + 1
        here = self._trial.point == (self._which, operation, self._count[operation])
        if here and not self._trial.after:
            other = self._trial.strike(self, operation)
            arguments = (other,) if other else tuple(map(_impatient, arguments))
        result = act(*arguments)
        if here and self._trial.after:
            self._trial.strike(self, operation)
        return result


def _impatient(argument: object) -> object:
    """Return an argument with its patience, if it is one, as after the fault."""
    return min(argument, IMPATIENCE) if isinstance(argument, float) else argument


def _killed(_trial: Trial, session: Watched, _operation: str) -> None:
    session.dead = True
    session.drop()
    raise Killed


def _dropped(trial: Trial, _session: Watched, _operation: str) -> None:
    trial.bench.router.faults.cut_after_bytes = 0


def _power_cut(trial: Trial, _session: Watched, _operation: str) -> None:
    router = trial.bench.router
    router.power_cut()
    lab = trial.bench.job.clock.lab  # type: ignore[attr-defined]
    lab.call(lambda: lab.clock.later(POWER_OFF_SECONDS, router.device.power_on))


def _restarted(trial: Trial, _session: Watched, _operation: str) -> None:
    trial.bench.router.do(lambda device: device.restart())


def _garbled(trial: Trial, _session: Watched, _operation: str) -> None:
    trial.bench.router.faults.garble_every = 3


def _delayed(trial: Trial, _session: Watched, _operation: str) -> None:
    trial.bench.router.faults.delay_seconds = 2.0


def _error_line(_trial: Trial, _session: Watched, operation: str) -> str | None:
    if operation.startswith("send "):
        return "ip tunnel mtu banana"
    if operation in {"close", "keep_alive"}:
        return None
    raise CommandError("the router refused a command", router="home", output="エラー: ...")


def _disk_full(trial: Trial, _session: Watched, _operation: str) -> None:
    def full(_file: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    trial.patches.enter_context(mock.patch("yamaha_ops.change.journal.os.write", full))


FAULTS: dict[str, Callable[[Trial, Watched, str], str | None]] = {
    "killed": _killed,
    "dropped": _dropped,
    "power cut": _power_cut,
    "restarted": _restarted,
    "garbled": _garbled,
    "delayed": _delayed,
    "error line": _error_line,
    "disk full": _disk_full,
}
