"""When scripts run, and with which settings: configuration, under the guard of every change.

A schedule and a router variable are lines like any other (REF 37.1, 4.90). So they make a wanted
configuration, and :mod:`yamaha_ops.change` plans it, guards it, verifies it and saves it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from yamaha_ops.change.apply import apply, settle
from yamaha_ops.change.plan import Plan, read_running, state_of
from yamaha_ops.config import Interpreter
from yamaha_ops.errors import ConfigError, InputError, PlanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from yamaha_ops.change.job import Job
    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.config import Configuration

    Approve = Callable[[Plan], bool]

FIRST_FREE: Final = 10
"""Lower numbers are left to the templates and to people."""

LONGEST_TIMER: Final = 3600
"""Seconds of a relative timer, from Rev.15.02.03 on (REF 37.1)."""

_DAYS: Final = r"[0-9*,-]+/(?:[0-9*,-]+|[a-z,-]+)"
_AT: Final = re.compile(
    rf"startup|\+\d{{1,4}}|(?:{_DAYS} )?(?:\d{{1,2}}|\*):(?:\d{{1,2}}|\*)(?::\d{{1,2}})?"
)
_LINE: Final = re.compile(r"schedule at (\d+) (?P<at>.+) \* lua (?P<path>\S+)(?: .*)?")
_NAME: Final = re.compile(r"[A-Za-z]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the configuration shall say about one script.

    Attributes:
        path: The script on the router.
        at: ``startup``, ``+SECONDS``, or a time of REF 37.1 (``*/* 03:00:00``), or None.
        arguments: What it is started with.
        number: The schedule's number; one is found where it is None.
        variables: Router variables by name; None removes one.
    """

    path: str
    at: str | None = "startup"
    arguments: str = ""
    number: int | None = None
    variables: Mapping[str, str | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Refuse what the router would take and never carry out."""
        if self.at is not None and not _AT.fullmatch(self.at):
            raise InputError(
                f"{self.at!r} is no time to start a script",
                hint="startup, +SECONDS, 03:00, */mon 03:00:00",
            )
        if self.at and self.at[0] == "+" and not 1 <= int(self.at[1:]) <= LONGEST_TIMER:
            raise InputError(f"a timer runs for 1 to {LONGEST_TIMER} seconds, not {self.at[1:]}")
        for name, value in self.variables.items():
            if not _NAME.fullmatch(name):
                raise InputError(f"{name!r} is no name of a router variable (REF 4.90)")
            if value is not None and not _can_be_typed(value):
                raise InputError(f"the value of {name} cannot be typed at a console")

    def lines(self, running: Configuration) -> Iterator[str]:
        """Yield the commands that bring a configuration there.

        Raises:
            InputError: Which of several schedules is meant cannot be told.
        """
        for name, value in self.variables.items():
            yield f"no set {name}" if value is None else f"set {name}={_quoted(value)}"
        own = schedules(running, self.path)
        if self.at is None:
            chosen = own if self.number is None else {self.number} & own.keys()
            yield from (f"no schedule at {number}" for number in sorted(chosen))
        else:
            number = self._number(running, own)
            yield f"schedule at {number} {self.at} * lua {self.path} {self.arguments}".rstrip()

    def _number(self, running: Configuration, own: Mapping[int, str]) -> int:
        if self.number is not None:
            taken = f"schedule at {self.number}" in {key.words for key in running.settings}
            if taken and self.number not in own:
                raise InputError(f"schedule {self.number} is taken by something else")
            return self.number
        if len(own) > 1:
            raise InputError(
                f"{self.path} has {len(own)} schedules: {', '.join(map(str, sorted(own)))}",
                hint="say which one: --id N",
            )
        used = {key.words for key in running.settings}
        free = (n for n in range(FIRST_FREE, 10_000) if f"schedule at {n}" not in used)
        return next(iter(own), None) or next(free)


def schedules(configuration: Configuration, path: str) -> dict[int, str]:
    """Return when a script is scheduled, by the schedule's number."""
    found = (_LINE.fullmatch(setting.line) for setting in configuration.settings.values())
    return {int(row[1]): row["at"] for row in found if row and row["path"] == path}


def wanted(running: Configuration, wish: Wish) -> Configuration:
    """Return the running configuration with what is wished.

    Raises:
        InputError: The router's language has no place for it.
    """
    interpreter = Interpreter(running)
    try:
        for line in wish.lines(running):
            interpreter.execute(line)
    except ConfigError as error:
        raise InputError(f"this cannot be scheduled: {error.message}") from error
    return interpreter.configuration


def schedule(job: Job, wish: Wish, approve: Approve) -> Outcome:
    """Bring the router's configuration to what is wished, and nothing else.

    Raises: as :func:`reconfigure`.
    """
    return reconfigure(job, lambda running: wanted(running, wish), approve)


def reconfigure(
    job: Job, change: Callable[[Configuration], Configuration], approve: Approve
) -> Outcome:
    """Change what the router runs by a function of it, under the guard of every change.

    Args:
        job: The change; what it wants is replaced.
        change: From what runs to what should run.
        approve: Shown the plan; nothing is sent unless it returns True.

    Raises:
        PlanError: The configuration moved between reading and planning.
        YamahaOpsError: As :func:`yamaha_ops.change.apply.apply`.
    """
    session = job.connect()
    try:
        settle(job, session)
        running = read_running(session)
    finally:
        session.close()

    def unmoved(plan: Plan) -> bool:
        if plan.before != state_of(running):
            raise PlanError(
                "the router's configuration changed while this was planned",
                router=job.router,
                hint="Nothing was sent. Try again.",
            )
        return approve(plan)

    return apply(replace(job, wanted=change(running)), unmoved)


def _can_be_typed(value: str) -> bool:
    return value.isprintable() and not ('"' in value and "'" in value)


def _quoted(value: str) -> str:
    """Return a value as one word of the console (REF 1.5)."""
    if re.fullmatch(r"[\w./:@%+,=-]+", value, re.ASCII):
        return value
    return f"'{value}'" if '"' in value else f'"{value}"'
