"""What `apply` and `restore` share: a change under way as a person at a terminal sees it."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yamaha_ops.actions.changing import left_behind
from yamaha_ops.change.outcome import Outcome, failed
from yamaha_ops.cli._asking import ask
from yamaha_ops.cli._conducting import Conductor
from yamaha_ops.cli._plans import show_outcome, show_plan, show_summary
from yamaha_ops.cli._steady import steady
from yamaha_ops.errors import ExitCode, YamahaOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import Console

    from yamaha_ops.change.plan import Plan
    from yamaha_ops.cli._progress import Progress
    from yamaha_ops.inventory import Inventory, Router

OR_ELSE: Final = "Answer on a terminal, or say --yes, or apply a reviewed plan with --plan."
INTERRUPTED: Final = (
    "interrupted: nothing more is begun, what is not confirmed is taken back, what is confirmed "
    "is saved; Ctrl-C again leaves at once"
)


@dataclass(slots=True)
class Face:
    """What a person sees of it.

    Attributes:
        inventory: For what the journals say when everything is left at once.
        routers: Whom it is about.
        progress: What happens, while it happens.
        err: Standard error.
        out: Standard output for people; None where JSON is wanted.
        ended: The outcomes so far.
        began: When this run began: seconds since the epoch.
    """

    inventory: Inventory
    routers: Sequence[Router]
    progress: Progress
    err: Console
    out: Console | None
    ended: list[Outcome] = field(default_factory=list)
    began: float = field(default_factory=time.time)
    conductor: Conductor[Outcome] = field(init=False)

    def __post_init__(self) -> None:
        """Be told of signals."""
        self.conductor = Conductor(self._interrupted, self._leave)

    @property
    def code(self) -> int:
        """The highest exit code of all."""
        return max((outcome.exit_code for outcome in self.ended), default=ExitCode.DONE)

    def show(self, plan: Plan) -> None:
        """Show the plan of one router."""
        if self.out:
            with self.progress.aside():
                show_plan(plan, self.out)

    def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Print each outcome as it comes, and a summary of many."""
        with closing(self.progress):
            for outcome in outcomes:
                with self.progress.aside():
                    self._print(outcome)
                self.progress.ended(outcome)
        if self.out and len(self.routers) > 1:
            show_summary(self.ended, self.out)

    def ask(self, question: str) -> bool:
        """Ask in the main thread, with the bars away."""

        def asked() -> bool:
            with self.progress.aside():
                return ask(question, or_else=OR_ELSE)

        return self.conductor.ask(asked)

    def run(self, work: Callable[[], Iterable[Outcome]]) -> None:
        """Let the work change routers beside the main thread, and tell each outcome."""
        self.tell(self.conductor.run(work))

    def _interrupted(self) -> None:
        """Say what the first Ctrl-C does."""
        with self.progress.aside():
            self.err.print(INTERRUPTED, style="yellow")

    def _leave(self) -> int:
        """Say what the second one leaves behind, and return the exit code."""
        self.progress.close()
        told = {outcome.router for outcome in self.ended}
        for router in self.routers:
            if router.name not in told:
                self._print(left_behind(self.inventory, router, self.began))
        return self.code

    def _print(self, outcome: Outcome) -> None:
        self.ended.append(outcome)
        if self.out:
            show_outcome(outcome, self.out)
        else:
            stdout = steady(sys.stdout)
            stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
            stdout.flush()


def one(router: Router, change: Callable[[Router], Outcome], *, raising: bool) -> Iterator[Outcome]:
    """Change one router; an error is raised for people, and an outcome like any other for JSON."""
    return every([router], map(change, [router]), raising=raising)


def every(
    routers: Sequence[Router], outcomes: Iterable[Outcome], *, raising: bool
) -> Iterator[Outcome]:
    """Yield outcomes; an error is raised for people, and the outcome of all the rest for JSON."""
    told = set()
    try:
        for outcome in outcomes:
            told.add(outcome.router)
            yield outcome
    except YamahaOpsError as error:
        if raising:
            raise
        yield from (failed(each.name, error) for each in routers if each.name not in told)
