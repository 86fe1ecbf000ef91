"""Plans, progress and outcomes for a person at a terminal, 80 columns and more."""

from __future__ import annotations

import re
import time
from collections import Counter
from itertools import groupby
from threading import Lock
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.progress import BarColumn, DownloadColumn, TextColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from yamaha_ops.change.event import Event, Kind
from yamaha_ops.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console

    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.change.verify import Check

ACTIONS = {
    "add": ("+", "green"),
    "remove": ("-", "red"),
    "change": ("~", "yellow"),
    "select": (" ", "dim"),
    "act": ("!", "yellow"),
}
SECONDS_BETWEEN_LINES = 2.0
"""How often a line says how far a transfer is, where no bar can."""
SCRIPT_SIGNS = {"missing": "add", "extra": "remove", "not running": "act"}
"""How what is done to a script is shown; anything else is a change."""
MARKS = {
    Kind.STEP: ("✓", "green"),
    Kind.WARNING: ("!", "yellow"),
    Kind.FAILURE: ("✗", "bold red"),
}


def show_plan(plan: Plan, console: Console) -> None:
    """Print the commands, grouped by context, risks first."""
    console.print(Text(summary(plan), style="bold"))
    for danger in plan.dangers:
        _print(console, "!", f"{danger.name}: {danger.reason}", "bold red", "bold red")
    for warning in (*plan.risks, *plan.warnings):
        _print(console, "!", warning, "yellow", "yellow")
    for context, commands in groupby(plan.commands, key=lambda command: command.context):
        console.print(Text(f"  {context or 'global'}", style="dim"))
        for command in commands:
            sign, style = ACTIONS[command.action]
            _print(console, sign, command.masked, style)
    if plan.scripts:
        console.print(Text("  scripts", style="dim"))
    for step in plan.scripts:
        sign, style = ACTIONS[SCRIPT_SIGNS.get(step.action, "change")]
        _print(console, sign, f"{step.path} {step.action}: {step.text}", style)


def markdown(plan: Plan) -> str:
    """Return the plan for a merge request: risks first, then the commands as a diff."""
    lines = [f"### {summary(plan)}", ""]
    lines += [f"- **{danger.name}**: {danger.reason}" for danger in plan.dangers]
    lines += [f"- {warning}" for warning in (*plan.risks, *plan.warnings)]
    if plan.dangers or plan.risks or plan.warnings:
        lines.append("")
    if plan.commands:
        lines += [*_commands(plan), ""]
    if plan.scripts:
        lines += ["| script | is | what is done |", "|---|---|---|"]
        lines += [
            f"| `{each.path}` | {each.action} | {_cell(each.text)} |" for each in plan.scripts
        ]
    return "\n".join(lines).rstrip("\n") + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _commands(plan: Plan) -> Iterator[str]:
    # More backticks than any command has in a row: a description may hold anything.
    fence = "`" * max([3, *(_longest_run(command.masked) + 1 for command in plan.commands)])
    yield f"{fence}diff"
    for context, commands in groupby(plan.commands, key=lambda command: command.context):
        yield f"# {context or 'global'}"
        for command in commands:
            first, *rest = command.masked.split("\n")
            yield f"{ACTIONS[command.action][0]} {first}"
            yield from (f"  {line}" for line in rest)
    yield fence


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def summary(plan: Plan) -> str:
    """Return one line: which router, how many commands of which kind."""
    counts = ", ".join(
        f"{number} {words}"
        for action, words in (("add", "to add"), ("change", "to change"), ("remove", "to remove"))
        if (number := plan.count(action))
    )
    if number := len(plan.scripts):
        counts = f"{counts or 'no commands'}, {number} script{'s' * (number > 1)}"
    return f"{plan.router}: {plan.model} {plan.firmware}, {counts or 'nothing differs'}"


def _print(console: Console, sign: str, text: str, style: str, text_style: str = "") -> None:
    """Print a line with its sign before it.

    On a terminal its continuation hangs under it; elsewhere it stays one line, for grep and paste.
    """
    if not console.is_terminal:
        console.print(Text(f"  {sign} {text}"), soft_wrap=True)
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(sign, style=style), Text(text, text_style))
    console.print(Padding(grid, (0, 0, 0, 2), expand=False))


class Progress:
    """Prints what happens to routers; on a terminal the last line is rewritten.

    Args:
        console: Where to.
        many: Several routers at once: only what went wrong is told step by step.
        now: The time, in seconds.
    """

    def __init__(
        self, console: Console, *, many: bool = False, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._many = many
        self._now = now
        self._status = console.status("") if console.is_terminal and not many else None
        self._bar: Bar | None = None
        self._told: tuple[str, float] = ("", 0.0)
        self._lock = Lock()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        with self._lock:
            if event.kind is Kind.PROGRESS:
                self._count(event)
            elif event.kind is not Kind.STEP or not self._many:
                self._clear()
                mark, style = MARKS[event.kind]
                head = f"{event.router}: " if self._many else ""
                _print(self._console, mark, head + event.text, style)

    def _count(self, event: Event) -> None:
        if event.unit == "bytes":
            self._transfer(event)
        elif self._status:
            self._status.update(f"{event.text} {event.done} of {event.total}")
            self._status.start()

    def _transfer(self, event: Event) -> None:
        """Show how far a transfer is: a bar on a terminal, elsewhere a line now and then."""
        if self._status:
            if self._bar is None:
                self._clear()
                self._bar = Bar(
                    TextColumn("  {task.description}"),
                    BarColumn(bar_width=20),
                    DownloadColumn(),
                    console=self._console,
                    transient=True,
                )
                self._bar.add_task("")
                self._bar.start()
            (task,) = self._bar.task_ids
            self._bar.update(task, description=event.text, completed=event.done, total=event.total)
        elif not self._many and event.done < event.total:
            text, since = self._told
            if text != event.text or self._now() - since >= SECONDS_BETWEEN_LINES:
                self._told = (event.text, self._now())
                how_far = f"{event.text}: {event.done:,} of {event.total:,} bytes"
                _print(self._console, ".", how_far, "dim")

    def _clear(self) -> None:
        if self._status:
            self._status.stop()
        if self._bar:
            self._bar.stop()
            self._bar = None

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._clear()


def show_checks(router: str, checks: Iterable[Check], console: Console) -> None:
    """Print what was looked at on one router."""
    console.print(Text(router, style="bold"))
    for check in checks:
        mark, style = MARKS[Kind.STEP if check.passed else Kind.FAILURE]
        _print(console, mark, str(check), style)


def show_outcome(outcome: Outcome, console: Console) -> None:
    """Print the last word on one router."""
    style = "bold green" if outcome.exit_code == ExitCode.DONE else "bold red"
    console.print(
        Text(f"{outcome.router}: {outcome.result}", style=style) + Text(f" - {outcome.reason}")
    )
    for each in outcome.scripts:
        mark, style = MARKS[Kind.STEP if each.exit_code == ExitCode.DONE else Kind.FAILURE]
        reason = f": {each.reason}" if each.reason else ""
        _print(console, mark, f"{each.path} {each.done}{reason}", style)


def show_summary(outcomes: Iterable[Outcome], console: Console) -> None:
    """Print how many routers ended how."""
    counts = Counter(outcome.result.value for outcome in outcomes)
    total = sum(counts.values())
    parts = ", ".join(f"{number} {result}" for result, number in counts.most_common())
    console.print(Text(f"{total} routers: {parts}", style="bold"))
