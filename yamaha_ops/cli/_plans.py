"""Plans, progress and outcomes for a person at a terminal, 80 columns and more."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from yamaha_ops.change.event import Kind
from yamaha_ops.cli._lines import MARKS, print_line
from yamaha_ops.cli._progress import Progress as Progress  # noqa: PLC0414 -- shown with plans
from yamaha_ops.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
SCRIPT_SIGNS = {"missing": "add", "extra": "remove", "not running": "act"}
"""How what is done to a script is shown; anything else is a change."""


def show_plan(plan: Plan, console: Console) -> None:
    """Print the commands, grouped by context, risks first."""
    console.print(Text(summary(plan), style="bold"))
    for danger in plan.dangers:
        print_line(console, "!", f"{danger.name}: {danger.reason}", "bold red", "bold red")
    for warning in (*plan.risks, *plan.warnings):
        print_line(console, "!", warning, "yellow", "yellow")
    for context, commands in groupby(plan.commands, key=lambda command: command.context):
        console.print(Text(f"  {context or 'global'}", style="dim"))
        for command in commands:
            sign, style = ACTIONS[command.action]
            print_line(console, sign, command.masked, style)
    if plan.scripts:
        console.print(Text("  scripts", style="dim"))
    for step in plan.scripts:
        sign, style = ACTIONS[SCRIPT_SIGNS.get(step.action, "change")]
        print_line(console, sign, f"{step.path} {step.action}: {step.text}", style)


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


def show_checks(router: str, checks: Iterable[Check], console: Console) -> None:
    """Print what was looked at on one router."""
    console.print(Text(router, style="bold"))
    for check in checks:
        mark, style = MARKS[Kind.STEP if check.passed else Kind.FAILURE]
        print_line(console, mark, str(check), style)


def show_outcome(outcome: Outcome, console: Console) -> None:
    """Print the last word on one router."""
    style = "bold green" if outcome.exit_code == ExitCode.DONE else "bold red"
    console.print(
        Text(f"{outcome.router}: {outcome.result}", style=style) + Text(f" - {outcome.reason}")
    )
    for each in outcome.scripts:
        mark, style = MARKS[Kind.STEP if each.exit_code == ExitCode.DONE else Kind.FAILURE]
        reason = f": {each.reason}" if each.reason else ""
        print_line(console, mark, f"{each.path} {each.done}{reason}", style)


def show_summary(outcomes: Iterable[Outcome], console: Console) -> None:
    """Print how many routers ended how."""
    counts = Counter(outcome.result.value for outcome in outcomes)
    total = sum(counts.values())
    parts = ", ".join(f"{number} {result}" for result, number in counts.most_common())
    console.print(Text(f"{total} routers: {parts}", style="bold"))
