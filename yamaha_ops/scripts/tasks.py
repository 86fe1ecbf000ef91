"""Lua tasks of a router: what runs, what ran, starting and stopping."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import (
    ApplyError,
    CommandError,
    IncompleteOutputError,
    ParseError,
    PlanError,
)
from yamaha_ops.status import parse
from yamaha_ops.status.lua import Lua, Past, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.change.clock import Clock
    from yamaha_ops.router import Session

SLOTS: Final = 8
"""Scripts that the ``lua`` command can run at once; the button and the compiler have their own."""

LOOK_AFTER: Final = 5.0
"""Seconds after which a script that was started is looked at."""

HUNG: Final = "タイムアウトによりコマンドの実行を中止しました"
"""What `lua` and `terminate lua` say once a task tried to stop itself (recorded, RTX830)."""

_START_PATIENCE: Final = 3.0
"""Seconds of silence to bear after `lua FILE`, which returns at once."""

_LUA_ERROR: Final = re.compile(r"^luac?: |:\d+: ", re.MULTILINE)
"""What Lua prints against a script: ``luac: /lua/x.lua:3: '=' expected near 'x'``."""

_STOPPING: Final = 10
"""Seconds that a script may take to end when it is told to."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a script that was started.

    Attributes:
        task: The task that runs it, or None when it has ended.
        error: What Lua said, where it failed.
    """

    task: Task | None
    error: str | None = None


def state(session: Session) -> Lua:
    """Return what runs and what ran. The session must be :meth:`~Session.wide`.

    Raises:
        ParseError: The router's answer is none to this question.
    """
    record = parse("show status lua", session.run("show status lua")).record
    if not isinstance(record, Lua):
        raise ParseError("this is no answer to `show status lua`", router=session.router)
    return record


def running(lua: Lua, path: str) -> list[Task]:
    """Return the tasks that run a script."""
    return [task for task in lua.tasks if task.script == path]


def require_slot(lua: Lua, path: str, router: str) -> None:
    """Refuse where a script could not be started: no slot is free, and none of its own will be.

    Raises:
        PlanError: All slots are taken by others.
    """
    if len(lua.tasks) >= SLOTS and not running(lua, path):
        names = ", ".join(sorted({task.script or task.command or "?" for task in lua.tasks}))
        raise PlanError(
            f"all {SLOTS} Lua tasks are in use: {names}",
            router=router,
            hint="stop one: yamaha-ops lua stop ROUTER SCRIPT",
        )


def chosen(lua: Lua, which: str) -> list[Task]:
    """Return the tasks that a word means: a task's number, ``all``, or the path of a script."""
    if which == "all":
        return list(lua.tasks)
    if which.isdigit():
        return [task for task in lua.tasks if task.id == int(which)]
    return running(lua, which)


def stop(session: Session, which: str, clock: Clock) -> tuple[Task, ...]:
    """Stop tasks (see :func:`chosen`) and return those that ran.

    Raises:
        ApplyError: The router said so but a task goes on.
    """
    before = chosen(state(session), which)
    if not before:
        return ()
    by_path = which != "all" and not which.isdigit()
    _order(session, f"terminate lua {'file ' if by_path else ''}{which}")
    for _ in range(_STOPPING):
        if not chosen(state(session), which):
            return tuple(before)
        clock.sleep(1)
    raise ApplyError(
        f"{before[0].script or before[0].command} was told to stop and still runs",
        router=session.router,
        hint="A script that stops itself hangs all Lua; then only switching the power off helps.",
    )


def start(
    session: Session, connect: Callable[[], Session], path: str, arguments: str, clock: Clock
) -> Trial:
    """Start a script and look at it after five seconds.

    What a script prints, its errors too, lands on the console that started it, in the middle of
    whatever is answered there. So it is started on a console of its own and looked at from this
    one; that the other one cannot be read any more then is no matter.

    Raises:
        CommandError: The router does not start it: no such file, no free task, Lua is off.
    """
    command = f"lua {path} {arguments}".rstrip()
    failures = _failures(state(session), command)
    launcher = connect()
    try:
        with suppress(IncompleteOutputError):
            _order(launcher, command, _START_PATIENCE)
    except BaseException:
        launcher.drop()
        raise
    clock.sleep(LOOK_AFTER)
    lua = state(session)
    launcher.close()
    task = next(iter(running(lua, path)), None)
    past = _past(lua, command)
    failed = past is not None and _failures(lua, command) > failures
    return Trial(task, (past.last_error or "it failed") if past and failed else None)


def _order(session: Session, command: str, timeout: float | None = None) -> None:
    """Enter a command that Lua must carry out, and see whether Lua still does."""
    try:
        said = session.send(command, timeout)
    except CommandError as error:
        if HUNG not in (error.output or ""):
            raise
        said = HUNG
    if HUNG in said:
        raise ApplyError(
            "Lua hangs on this router",
            router=session.router,
            output=HUNG,
            hint="A script tried to stop itself; only switching the power off and on helps.",
        )


def restart(
    session: Session, connect: Callable[[], Session], path: str, arguments: str, clock: Clock
) -> Trial:
    """Stop what runs of a script and start it; what the router refuses is the trial's error."""
    try:
        stop(session, path, clock)
        return start(session, connect, path, arguments, clock)
    except (ApplyError, CommandError) as refused:
        return Trial(None, refused.output or refused.message)


def compiles(session: Session, path: str) -> str | None:
    """Let the router's own compiler read a script (REF 46.3); return what it says against it."""
    try:
        said = session.send(f"luac -p {path}")
    except CommandError as error:
        return error.output or error.message
    return said if _LUA_ERROR.search(said) else None


def _past(lua: Lua, command: str) -> Past | None:
    return next((past for past in lua.history if past.command == command), None)


def _failures(lua: Lua, command: str) -> int:
    past = _past(lua, command)
    return (past.errors or 0) if past else 0
