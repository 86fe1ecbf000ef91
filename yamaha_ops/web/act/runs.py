"""Runs: one thing asked of many routers, each answer kept as it comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from yamaha_ops.actions import firmwares
from yamaha_ops.actions.remote import Result, enter, refuse_changes, skipped
from yamaha_ops.actions.zero_touch import contact
from yamaha_ops.config import mask
from yamaha_ops.errors import InputError, YamahaOpsError
from yamaha_ops.fleet import run as run_on
from yamaha_ops.history import Person
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.errors import ForbiddenError, NotFoundError
from yamaha_ops.web.store.changes import Run, RunAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from yamaha_ops.change.event import Event
    from yamaha_ops.inventory import Router
    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.act.runner import Runner
    from yamaha_ops.web.console import Console

AT_ONCE: Final = 8
"""Routers of one run at a time."""
MOST_COMMANDS: Final = 100
MOST_ROUTERS: Final = 1000
"""The limits of YNO for one task."""

_FAILURES: Final = frozenset({"error", "time-out", "failed", "unknown", "taken back"})

COMMANDS: Final = "commands"
FIRMWARE: Final = "firmware"
SCRIPTS: Final = "scripts"
CONTACT: Final = "contact"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one router made of a run.

    Attributes:
        result: One word.
        record: What the command line would print with ``--json``.
    """

    result: str
    record: dict[str, Any]


class Runs:
    """The runs of one console."""

    def __init__(self, console: Console, runner: Runner) -> None:
        self._console = console
        self._runner = runner

    # --- looking -----------------------------------------------------------------------------

    def all(self, visitor: Visitor, kind: str, *, limit: int = 50) -> list[Run]:
        """Return the runs of a kind that concern routers of the visitor, the newest first."""
        chosen = select(Run).where(Run.kind == kind).order_by(Run.id.desc()).limit(limit)
        with self._console.database.reading() as session:
            found = list(session.scalars(chosen))
        return [run for run in found if self._narrowed(visitor, run)]

    def find(self, visitor: Visitor, number: int) -> tuple[Run, list[RunAnswer]]:
        """Return a run and those of its answers that are the visitor's, in the run's order.

        Raises:
            NotFoundError: There is none, or none of its routers is theirs.
        """
        with self._console.database.reading() as session:
            run = session.get(Run, number)
            answers = session.scalars(select(RunAnswer).where(RunAnswer.run_id == number)).all()
        if run is None or not self._narrowed(visitor, run):
            raise NotFoundError(f"there is no run {number}")
        order = {name: place for place, name in enumerate(run.routers)}
        mine = [answer for answer in answers if self._sees(visitor, answer.router)]
        return run, sorted(mine, key=lambda each: order.get(each.router, 0))

    def counts(self, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
        """Return how many routers ended how, for each run."""
        chosen = (
            select(RunAnswer.run_id, RunAnswer.result, func.count())
            .where(RunAnswer.run_id.in_(numbers))
            .group_by(RunAnswer.run_id, RunAnswer.result)
        )
        found: dict[int, dict[str, int]] = {number: {} for number in numbers}
        with self._console.database.reading() as session:
            for number, result, count in session.execute(chosen):
                found[number][result] = count
        return found

    # --- asking ------------------------------------------------------------------------------

    def commands(
        self,
        visitor: Visitor,
        routers: Sequence[Router],
        commands: Sequence[str],
        *,
        read_only: bool = True,
        timeout: float = 60.0,
    ) -> Run:
        """Enter commands on routers.

        Raises:
            InputError: There is nothing to enter, too much, or something that may change a router
                while it was not said that it may.
            ForbiddenError: It may change a router that asks for a second person.
        """
        entered = tuple(line.strip() for line in commands if line.strip())
        if not entered or len(entered) > MOST_COMMANDS:
            raise InputError(f"1 to {MOST_COMMANDS} commands, one a line")
        if read_only:
            refuse_changes(entered)
        else:
            refuse_alone(routers)
        inventory = self._console.inventory()

        def ask(router: Router) -> Answer:
            try:
                answers = enter(
                    router, inventory, commands=entered, read_only=read_only, timeout=timeout
                )
            except YamahaOpsError as error:
                answers = skipped(router.name, entered, error)
            return Answer(answers.result, answers.as_json())

        return self.begin(
            visitor, COMMANDS, routers, ask, [mask(each) for each in entered], read_only=read_only
        )

    def firmware(self, visitor: Visitor, routers: Sequence[Router]) -> Run:
        """Let routers fetch the revision that the inventory names; one after the other."""
        for router in routers:
            if router.firmware is None:
                raise InputError("the inventory names no revision", router=router.name)
        console, author = self._console, Person(visitor.name, f"{visitor.name}@console")

        def ask(router: Router) -> Answer:
            steps: list[str] = []
            ended = firmwares.update(
                router, console.inventory(), console.history, author=author, report=steps.append
            )
            return Answer(ended.result, {**ended.as_json(), "steps": steps})

        wanted = sorted({str(router.firmware) for router in routers})
        return self.begin(visitor, FIRMWARE, routers, ask, wanted, at_once=1)

    def contact(self, visitor: Visitor, router: Router) -> Run:
        """Give the device that came up at a place its configuration."""

        def ask(entry: Router) -> Answer:
            steps: list[str] = []

            def report(event: Event) -> None:
                steps.append(event.text)

            outcome = contact(self._console.inventory(), entry, report=report)
            return Answer(outcome.result, {**outcome.as_json(), "steps": steps})

        return self.begin(visitor, CONTACT, [router], ask, [router.name])

    def begin(
        self,
        visitor: Visitor,
        kind: str,
        routers: Sequence[Router],
        ask: Callable[[Router], Answer],
        words: list[str],
        *,
        at_once: int = AT_ONCE,
        **detail: Any,
    ) -> Run:
        """Write a run down and set it under way.

        Raises:
            ForbiddenError: The visitor is no operator.
            InputError: No router is chosen, or too many.
        """
        if not visitor.may(Role.OPERATOR):
            raise ForbiddenError(f"this needs the role {Role.OPERATOR}")
        if not 1 <= len(routers) <= MOST_ROUTERS:
            raise InputError(f"choose 1 to {MOST_ROUTERS} routers")
        console = self._console
        run = Run(
            kind=kind,
            words=words,
            routers=[router.name for router in routers],
            detail=detail,
            who=visitor.name,
            server_run=console.run,
            created=console.now(),
        )
        with console.database.session() as session:
            session.add(run)
        console.audit(
            visitor, f"{kind}.run", run=run.id, words=words, routers=run.routers, **detail
        )
        self._runner.submit(partial(self._carry_out, run.id, tuple(routers), ask, at_once))
        self._tell(run.id)
        return run

    def _carry_out(
        self,
        number: int,
        routers: Sequence[Router],
        ask: Callable[[Router], Answer],
        at_once: int,
    ) -> None:
        """Ask one router after the other, or many at once; one by one a failure is the end.

        What is asked one by one changes routers: the others are left as they are then, and that is
        written down.
        """
        left = {router.name: router for router in routers}
        failed = False

        def admitted() -> Iterator[Router]:
            for router in routers:
                if self._runner.stopping or (failed and at_once == 1):
                    return
                yield router

        try:
            with ThreadPoolExecutor(at_once, thread_name_prefix=f"run-{number}") as executor:
                for done in run_on(ask, admitted(), executor=executor, at_once=at_once):
                    answer = done.value or _failed(done.item, done.error)
                    failed = failed or answer.result in _FAILURES
                    del left[done.item.name]
                    self._keep(number, done.item.name, answer)
            for name in left:
                reason = "not begun, because another one had failed or the console was ended"
                record = {"router": name, "result": Result.SKIPPED, "reason": reason}
                self._keep(number, name, Answer(Result.SKIPPED, record))
        finally:
            with self._console.database.session() as session:
                session.get_one(Run, number).ended = self._console.now()
            self._tell(number)

    def _keep(self, number: int, router: str, answer: Answer) -> None:
        with self._console.database.session() as session:
            session.add(
                RunAnswer(
                    run_id=number,
                    router=router,
                    result=answer.result,
                    answer=answer.record,
                    time=self._console.now(),
                )
            )
        self._tell(number)

    def _tell(self, number: int) -> None:
        self._console.hub.publish(f"run-{number}")
        self._console.hub.publish("runs")

    def _narrowed(self, visitor: Visitor, run: Run) -> bool:
        """Leave of a run that was read the visitor's routers; tell whether there are any."""
        run.routers = [name for name in run.routers if self._sees(visitor, name)]
        return bool(run.routers)

    def _sees(self, visitor: Visitor, name: str) -> bool:
        entry = self._console.inventory().routers.get(name)
        return visitor.sees(entry) if entry else visitor.labels is None


def refuse_alone(routers: Sequence[Router]) -> None:
    """Refuse what may change routers and what no second person can look at before.

    Raises:
        ForbiddenError: The inventory asks for a second person.
    """
    if guarded := [router.name for router in routers if router.approval]:
        raise ForbiddenError(
            f"{', '.join(guarded)}: a second person has to approve what changes it",
            hint="Make a change of it.",
        )


def _failed(router: Router, error: YamahaOpsError | None) -> Answer:
    said = error.explain() if error else ""
    timed_out = isinstance(error, TimeoutError)
    result = Result.TIME_OUT if timed_out else Result.ERROR
    return Answer(result, {"router": router.name, "result": result, "error": said})
