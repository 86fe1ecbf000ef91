"""The Lua scripts of one router for a person at a terminal, 80 columns and more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from yamaha_ops.scripts.tasks import SLOTS
from yamaha_ops.scripts.wanted import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from rich.console import RenderableType

    from yamaha_ops.actions.lua_tasks import State
    from yamaha_ops.status.lua import Past, Task


def state_of_lua(seen: State) -> Iterator[RenderableType]:
    """Yield what is printed of one router."""
    version = f", Lua functions {seen.lua.function_version}" if seen.lua.function_version else ""
    head = f"{seen.router}: {len(seen.lua.tasks)} of {SLOTS} tasks in use{version}"
    yield Text(head, style="bold")
    for path, how in seen.scripts.items():
        if how == Kind.FOREIGN:
            yield Text(f"  ? {path}: the inventory does not know it", style="dim")
        elif how:
            yield Text(f"  ! {path}: {how}", style="yellow")
    if seen.lua.tasks:
        yield Text("  running", style="dim")
        yield _indented(_tasks(seen.lua.tasks))
    if seen.lua.history:
        yield Text("  ended", style="dim")
        yield _indented(_past(seen.lua.history))


def _tasks(tasks: tuple[Task, ...]) -> Table:
    table = _table("task", "state", "since", "for", "command")
    for task in tasks:
        lasting = "" if task.elapsed_seconds is None else _duration(task.elapsed_seconds)
        table.add_row(
            str(task.id), task.state, _moment(task.started_at), lasting, task.command or task.script
        )
    return table


def _past(history: tuple[Past, ...]) -> Table:
    table = _table("runs", "errors", "last ended", "command")
    for past in history:
        shown = Text(past.command or past.script or "")
        if past.last_error:
            shown.append(f"\n{past.last_error}", style="red" if past.errors else "")
        runs, errors = ("" if n is None else str(n) for n in (past.runs, past.errors))
        table.add_row(runs, errors, _moment(past.last_ended_at), shown)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True)
    table.add_column(columns[-1], overflow="fold")
    return table


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 0, 4), expand=False)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""


def _duration(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")]
    while len(parts) > 1 and not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{number}{unit}" for number, unit in parts[:2])
