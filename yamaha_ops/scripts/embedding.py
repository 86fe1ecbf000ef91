"""Keep a script inside the configuration: no transfer, no flash file, part of every backup.

``embedded file NAME <<EOF`` (REF 4.93, Rev.15.02.03) makes ``emfs:/NAME``. It is a setting like
any other, so it is planned, guarded and saved by :mod:`yamaha_ops.change`. A task keeps the code
that it has loaded: what runs is not touched until the router's compiler has taken the new text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.config import Interpreter
from yamaha_ops.errors import (
    ApplyError,
    InputError,
    UnknownStateError,
    VerifyError,
)
from yamaha_ops.render.scripts import embedded_lines
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.delivery import Delivered
from yamaha_ops.scripts.scheduling import reconfigure

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.change.job import Job
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.config import Configuration
    from yamaha_ops.router import Session

    Approve = Callable[[Plan], bool]

EMBEDDED: Final = "embedded"
"""What this way is called beside the ways of a transfer."""

END: Final = "EOF"
_RAISES: Final = {
    Result.FAILED: ApplyError,
    Result.TAKEN_BACK: VerifyError,
    Result.UNKNOWN: UnknownStateError,
}


def block(name: str, source: bytes) -> tuple[str, ...]:
    """Return the lines of the setting. Lines that are comments stay behind.

    Raises:
        InputError: The console would not take the text as it is.
    """
    try:
        kept = embedded_lines(source.decode("ascii"))
    except UnicodeDecodeError as error:
        raise InputError(f"byte {error.start} of {name} is not ASCII") from None
    for line in kept:
        if line.strip() == END or "?" in line or not line.isprintable():
            raise InputError(
                f"{name} cannot be embedded: a console reads this line otherwise",
                command=line.strip(),
                hint="no tabs, no question marks (string.char(63) is one)",
            )
    return (f"embedded file {name} <<{END}", *kept, END)


def embedded(running: Configuration, lines: tuple[str, ...]) -> Configuration:
    """Return a configuration with a block in it, in place of the one of that name."""
    interpreter = Interpreter(running)
    for line in lines:
        interpreter.execute(line)
    return interpreter.configuration


@dataclass(frozen=True, slots=True)
class Embedding:
    """One script to be kept in the configuration.

    Attributes:
        job: The change; what it wants is replaced.
        name: The script's name, ``watch.lua``.
        source: Its bytes.
        approve: Shown the plan; nothing is sent unless it returns True.
        begin: Whether it shall run afterwards.
        arguments: What it is started with.
    """

    job: Job
    name: str
    source: bytes
    approve: Approve
    begin: bool = True
    arguments: str = ""

    @property
    def path(self) -> str:
        """Where the script lies."""
        return f"emfs:/{self.name}"


def embed(wish: Embedding) -> Delivered:
    """Put a script into the configuration and let it run.

    Raises:
        VerifyError: It was started, failed, and what was there is back.
        UnknownStateError: Not even that could be established.
        YamahaOpsError: It was refused before anything that runs was touched.
    """
    new = block(wish.name, wish.source)
    before: list[Configuration] = []

    def change(running: Configuration) -> Configuration:
        before.append(running)
        return embedded(running, new)

    outcome = _done(reconfigure(wish.job, change, wish.approve))
    written = outcome.result is not Result.UNCHANGED
    old = _block_of(before[0], wish.name)
    session = wish.job.connect()
    try:
        with session.wide():
            done = _Starting(wish, session, old).carry_out(written=written)
    except BaseException:
        session.drop()
        raise
    session.close()
    return done


class _Starting:
    """An embedded script on its way from the configuration into a task."""

    def __init__(self, wish: Embedding, session: Session, old: tuple[str, ...]) -> None:
        self._wish = wish
        self._session = session
        self._old = old

    def carry_out(self, *, written: bool) -> Delivered:
        wish, job, session = self._wish, self._wish.job, self._session
        lua = tasks.state(session)
        running = tasks.running(lua, wish.path)
        if written and (problem := tasks.compiles(session, wish.path)):
            self._take_back(running=False)
            raise ApplyError(
                f"the router's luac refuses {wish.name}; nothing that runs was touched",
                router=job.router,
                command=f"luac -p {wish.path}",
                output=problem,
            )
        if not wish.begin or (running and not written):
            number = running[0].id if running else None
            return Delivered(job.router, wish.path, written, started=False, task=number)
        trial = self._restart()
        if trial.error is None:
            number = trial.task.id if trial.task else None
            return Delivered(job.router, wish.path, written, started=True, task=number)
        if written:
            self._take_back(running=bool(running))
            raise VerifyError(
                f"{wish.name} failed when it was started; what was there is back",
                router=job.router,
                output=trial.error,
            )
        raise ApplyError(
            f"{wish.path} failed when it was started", router=job.router, output=trial.error
        )

    def _restart(self) -> tasks.Trial:
        wish, job = self._wish, self._wish.job
        return tasks.restart(self._session, job.connect, wish.path, wish.arguments, job.clock)

    def _take_back(self, *, running: bool) -> None:
        """Put back the block that was there, or none, and what ran of it."""
        lines = self._old or (f"no embedded file {self._wish.name}",)
        job = self._wish.job
        _done(reconfigure(job, lambda now: embedded(now, lines), lambda _plan: True))
        if running and (error := self._restart().error):
            raise UnknownStateError(
                f"{self._wish.name} failed, and the one before fails now as well",
                router=job.router,
                output=error,
            )


def _block_of(configuration: Configuration, name: str) -> tuple[str, ...]:
    for key, setting in configuration.settings.items():
        if key.words == f"embedded file {name}":
            return setting.lines
    return ()


def _done(outcome: Outcome) -> Outcome:
    if kind := _RAISES.get(outcome.result):
        raise kind(outcome.reason, router=outcome.router)
    return outcome
