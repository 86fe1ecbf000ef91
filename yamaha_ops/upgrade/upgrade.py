"""One router's firmware: back up, check, ask the router to fetch it, wait, look again.

The router takes what the server of its ``http revision-up url`` has; which revision that is it
does not say before it is written (REF 56.7.23). With a server of one's own that is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.config import Configuration, difference
from yamaha_ops.errors import (
    CommandError,
    ConnectError,
    ConsoleError,
    ExitCode,
    PlanError,
)
from yamaha_ops.firmware import Revision
from yamaha_ops.router import yes_or_no

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.router import Session

COMMAND: Final = "http revision-up go"
WRITE_SECONDS: Final = 600.0
"""The console is silent while the router fetches and writes (REF 56.7.23)."""
RESTART_SECONDS: Final = 300.0
PAUSE_SECONDS: Final = 5.0


class Result(StrEnum):
    """How it ended."""

    UNCHANGED = "unchanged"
    """It runs the wanted revision already."""
    UPDATED = "updated"
    FAILED = "failed"
    """It runs what it ran before."""
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    """It did not come back, or not as it was: a person must look."""


EXIT_CODES: Final = {
    Result.UNCHANGED: ExitCode.DONE,
    Result.UPDATED: ExitCode.DONE,
    Result.FAILED: ExitCode.FAILED,
    Result.SKIPPED: ExitCode.FAILED,
    Result.UNKNOWN: ExitCode.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of one router's update."""

    router: str
    result: Result
    reason: str
    before: str | None = None
    after: str | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The contract's exit code."""
        return EXIT_CODES[self.result]

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "router": self.router,
            "result": self.result,
            "reason": self.reason,
            "before": self.before,
            "after": self.after,
        }


@dataclass(frozen=True, slots=True)
class Job:
    """What one update needs.

    Attributes:
        router: Inventory name.
        wanted: The revision it shall run.
        connect: Opens a session at administrator level.
        back_up: Keeps the router's configuration and returns it as it was read back.
        unsaved: Tells the commands that a restart would undo; None where it cannot be told.
        verify: Says what is wrong with the line, if anything; asked until it says nothing.
        sleep: Lets seconds pass.
        now: Seconds, for the waiting.
        report: Told each step.
    """

    router: str
    wanted: Revision
    connect: Callable[[], Session]
    back_up: Callable[[], Configuration]
    unsaved: Callable[[Session, Configuration], tuple[str, ...] | None]
    verify: Callable[[Session], str | None]
    sleep: Callable[[float], None]
    now: Callable[[], float]
    report: Callable[[str], None] = field(default=lambda _text: None)
    restart_seconds: float = RESTART_SECONDS


def upgrade(job: Job) -> Ended:
    """Bring a router to another firmware.

    Raises:
        PlanError: It is refused: no verified backup, unsaved changes, an older revision.
        YamahaOpsError: The router cannot be reached or read; nothing was sent.
    """
    session = job.connect()
    try:
        before = Revision.parse(session.firmware)
        if before == job.wanted:
            return Ended(job.router, Result.UNCHANGED, f"runs {before} already", str(before))
        running = Configuration.parse(session.configuration(), source=job.router)
        _refuse(job, session, before, running)
        job.report("backup verified")
        if ill := job.verify(session):
            job.report(f"not well before the update, so not asked for after it: {ill}")
            job = replace(job, verify=lambda _session: None)
        said = _order(session)
    finally:
        session.drop()
    if said is not None:
        return Ended(job.router, Result.FAILED, f"the router wrote nothing: {said}", str(before))
    job.report("the router is writing and restarting")
    return _judge(job, before, running)


def _refuse(job: Job, session: Session, before: Revision, running: Configuration) -> None:
    if job.wanted < before:
        raise PlanError(
            f"runs {before}, and {job.wanted} is older",
            router=job.router,
            hint="Going back is a thing to be done by hand (`http revision-down permit`).",
        )
    if unsaved := job.unsaved(session, running):
        raise PlanError(
            f"{len(unsaved)} changes are not saved; the restart would lose them",
            router=job.router,
            output="\n".join(unsaved),
            hint="Save them, or take them back, first.",
        )
    kept = job.back_up()
    if difference(running, kept).commands or difference(kept, running).commands:
        raise PlanError("the backup is not what the router runs", router=job.router)


def _order(session: Session) -> str | None:
    """Let the router update itself; return what it says where it does not, or None."""
    try:
        answer = session.send(COMMAND, WRITE_SECONDS, [yes_or_no("Y")])
    except CommandError as error:
        return error.output or error.message
    except (ConnectError, ConsoleError):
        # It went down: what came of that is seen when it is back.
        return None
    return " ".join(answer.split()) or "it gave no reason"


def _judge(job: Job, before: Revision, running: Configuration) -> Ended:
    """Wait for the router, and look at it until it is well or time is over."""
    deadline = job.now() + job.restart_seconds
    wrong, after = "it did not come back", None
    while job.now() < deadline:
        job.sleep(PAUSE_SECONDS)
        try:
            session = job.connect()
        except ConnectError:
            continue
        try:
            after = Revision.parse(session.firmware)
            wrong = _wrong(job, session, before, running)
        except (ConnectError, ConsoleError) as error:
            wrong = str(error)
        finally:
            session.drop()
        if not wrong:
            reason = "restarted, configuration and line as before"
            return Ended(job.router, Result.UPDATED, reason, str(before), str(after))
    result = Result.FAILED if after == before else Result.UNKNOWN
    return Ended(job.router, result, wrong, str(before), str(after) if after else None)


def _wrong(job: Job, session: Session, before: Revision, running: Configuration) -> str:
    """Return what is not as it should be; nothing where all is well."""
    after = Revision.parse(session.firmware)
    if after == before:
        return f"still runs {before}"
    if after != job.wanted:
        return f"runs {after}, which is not the wanted {job.wanted}: see `http revision-up url`"
    now = Configuration.parse(session.configuration(), source=job.router)
    if moved := difference(now, running).commands:
        return f"its configuration is another one: {moved[0].masked}"
    return job.verify(session) or ""
