"""Plans and progress for a person at a terminal, 80 columns and more."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from yamaha_ops.change.event import Event, Kind
from yamaha_ops.config import mask

if TYPE_CHECKING:
    from rich.console import Console

    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.change.plan import Plan

ACTIONS = {
    "add": ("+", "green"),
    "remove": ("-", "red"),
    "change": ("~", "yellow"),
    "select": (" ", "dim"),
    "act": ("!", "yellow"),
}
MARKS = {
    Kind.STEP: ("✓", "green"),
    Kind.WARNING: ("!", "yellow"),
    Kind.FAILURE: ("✗", "bold red"),
}


def show_plan(plan: Plan, console: Console) -> None:
    """Print the commands, grouped by context, risks first."""
    counts = ", ".join(
        f"{plan.count(action)} {word}"
        for action, word in (("add", "to add"), ("change", "to change"), ("remove", "to remove"))
        if plan.count(action)
    )
    console.print(Text(f"{plan.router}: {plan.model} {plan.firmware}, {counts}", style="bold"))
    for warning in (*plan.risks, *plan.warnings):
        console.print(Text(f"  ! {mask(warning)}", style="yellow"))
    for context, commands in groupby(plan.commands, key=lambda command: command.context):
        console.print(Text(f"  {context or 'global'}", style="dim"))
        for command in commands:
            sign, style = ACTIONS[command.action]
            line = Text(f"  {sign} ", style=style) + Text(mask(command.line).strip())
            console.print(line, overflow="fold", no_wrap=False, highlight=False)


class Progress:
    """Prints what happens to one router or many; the last line is rewritten on a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("") if console.is_terminal else None

    def __call__(self, event: Event) -> None:
        """Show one event."""
        if event.kind is Kind.PROGRESS:
            if self._status:
                self._status.update(f"{event.router}: {event.text} {event.done} of {event.total}")
                self._status.start()
            return
        if self._status:
            self._status.stop()
        mark, style = MARKS[event.kind]
        self._console.print(
            Text(f"{mark} ", style=style) + Text(f"{event.router}: {event.text}"), highlight=False
        )

    def close(self) -> None:
        """Leave the terminal as it was."""
        if self._status:
            self._status.stop()


def show_outcome(outcome: Outcome, console: Console) -> None:
    """Print the last word on one router."""
    style = "bold green" if outcome.exit_code == 0 else "bold red"
    console.print(
        Text(f"{outcome.router}: {outcome.result}", style=style) + Text(f" - {outcome.reason}"),
        highlight=False,
    )
