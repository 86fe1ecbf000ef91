"""What a person can ask of the Lua scripts on one router, whatever the inventory says of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yamaha_ops.change.clock import Clock, SystemClock
from yamaha_ops.change.event import Report, silent
from yamaha_ops.change.job import Job
from yamaha_ops.config import Configuration
from yamaha_ops.errors import ApplyError, PlanError
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.delivery import FOLDER, Delivered, Delivery, deliver
from yamaha_ops.scripts.embedding import EMBEDDED, Embedding, embed
from yamaha_ops.scripts.scheduling import Wish
from yamaha_ops.scripts.scheduling import schedule as set_schedule
from yamaha_ops.scripts.survey import survey
from yamaha_ops.scripts.wanted import Script, compare
from yamaha_ops.status import as_json as record_as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.scripts.access import Access
    from yamaha_ops.status.lua import Lua, Task

    Approve = Callable[[Plan], bool]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A script to be delivered, to one router or to many.

    Attributes:
        name: Its name there, ``watch.lua``.
        source: Its bytes.
        folder: Where it goes.
        via: How it gets there: one of the ways, or ``embedded``.
        begin: Whether it shall run afterwards.
        arguments: What it is started with.
    """

    name: str
    source: bytes = field(repr=False)
    folder: str = FOLDER
    via: str = "auto"
    begin: bool = True
    arguments: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """A script that was started and did not fail.

    Attributes:
        router: Inventory name.
        script: Its path.
        task: The task that runs it, or None where it has ended well.
    """

    router: str
    script: str
    task: int | None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"router": self.router, "script": self.script, "task": self.task}


@dataclass(frozen=True, slots=True)
class Stopped:
    """The tasks that were stopped on one router."""

    router: str
    tasks: tuple[Task, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"router": self.router, "stopped": [record_as_json(task) for task in self.tasks]}


def push(access: Access, parcel: Parcel, approve: Approve, report: Report = silent) -> Delivered:
    """Deliver a script and let it run.

    Args:
        access: How to get at the router.
        parcel: What is delivered.
        approve: Shown the plan where it goes into the configuration.
        report: Told each step.

    Raises: as :func:`~yamaha_ops.scripts.delivery.deliver`.
    """
    if parcel.via == EMBEDDED:
        job = _job(access, report)
        wish = Embedding(job, parcel.name, parcel.source, approve, parcel.begin, parcel.arguments)
        return embed(wish)
    return deliver(
        Delivery(
            router=access.router.name,
            name=parcel.name,
            source=parcel.source,
            connect=access.session,
            way=access.way(parcel.via, report),
            door=access.door,
            lock=access.lock,
            folder=parcel.folder,
            begin=parcel.begin,
            arguments=parcel.arguments,
            ledger=access.ledger,
            report=report,
        )
    )


def start(access: Access, path: str, arguments: str = "", clock: Clock | None = None) -> Started:
    """Start a script that is on a router, and look at it after five seconds.

    Raises:
        PlanError: No slot is free, or it runs already just so.
        ApplyError: It failed; the output is what Lua said.
        CommandError: The router does not start it.
    """
    name = access.router.name
    with access.console() as session:
        lua = tasks.state(session)
        tasks.require_slot(lua, path, name)
        _require_not_running(lua, path, arguments, name)
        trial = tasks.start(session, access.session, path, arguments, clock or SystemClock())
    if trial.error:
        raise ApplyError(f"{path} failed", router=name, output=trial.error)
    return Started(name, path, trial.task.id if trial.task else None)


def _require_not_running(lua: Lua, path: str, arguments: str, router: str) -> None:
    """Refuse a second task of the same script with the same arguments: nobody means that."""
    wanted = ["lua", path, *arguments.split()]
    for task in tasks.running(lua, path):
        if (task.command or "").split() == wanted:
            raise PlanError(
                f"{path} runs already, task {task.id}",
                router=router,
                hint="lua stop ends it; lua push starts it anew where its file has changed.",
            )


def stop(access: Access, which: str, clock: Clock | None = None) -> Stopped:
    """Stop tasks, see :func:`~yamaha_ops.scripts.tasks.chosen`, and see that they end.

    Raises:
        ApplyError: One goes on.
    """
    with access.console() as session:
        return Stopped(access.router.name, tasks.stop(session, which, clock or SystemClock()))


@dataclass(frozen=True, slots=True)
class State:
    """What a router says of its scripts.

    Attributes:
        router: Inventory name.
        lua: What runs and what ran.
        scripts: For each script of the inventory how it differs from it, None where it does not;
            and those that the inventory does not know.
    """

    router: str
    lua: Lua
    scripts: dict[str, str | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        scripts = [{"path": path, "differs": how} for path, how in self.scripts.items()]
        return {"router": self.router, **record_as_json(self.lua), "scripts": scripts}


def state(access: Access, scripts: tuple[Script, ...] = ()) -> State:
    """Return what runs on a router and what ran, held against the scripts that it should run."""
    with access.console() as session, survey(access, session, scripts) as seen:
        found = {each.path: each.kind.value for each in compare(scripts, seen)}
    wanted: dict[str, str | None] = dict.fromkeys(script.path for script in scripts)
    return State(access.router.name, seen.lua, {**wanted, **found})


def schedule(
    access: Access, wish: Wish, approve: Approve, report: Report = silent, guard: str = "auto"
) -> Outcome:
    """Bring a router's schedule and settings of a script to what is wished, guarded.

    Raises: as :func:`yamaha_ops.change.apply.apply`.
    """
    return set_schedule(_job(access, report, guard), wish, approve)


def _job(access: Access, report: Report, guard: str = "auto") -> Job:
    return Job(
        router=access.router.name,
        wanted=Configuration.parse(""),
        connect=access.session,
        state=access.state,
        guard=guard,
        tidy=access.door.recover,
        report=report,
    )
