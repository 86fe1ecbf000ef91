"""What happens to routers, while it happens: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Final

from rich.filesize import decimal
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars
from rich.table import Column

from yamaha_ops.change.event import Kind
from yamaha_ops.cli._lines import MARKS, print_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console
    from rich.progress import TaskID

    from yamaha_ops.change.event import Event
    from yamaha_ops.change.outcome import Outcome

SECONDS_BETWEEN_LINES: Final = 2.0
"""How often a line says how far a transfer is, where no bar can."""

_ALL: Final = ""
"""Stands for all routers, among the names of routers."""


class Progress:
    """Prints what happens to routers; on a terminal a bar shows how far each of them is.

    Args:
        console: Where to: standard error, since what a command answers goes to the other one.
        many: Several routers at once: only what went wrong is told step by step.
        total: How many routers there are, for a bar over all of them.
        now: The time, in seconds.
    """

    def __init__(
        self,
        console: Console,
        *,
        many: bool = False,
        total: int = 0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._console = console
        self._many = many
        self._total = total
        self._now = now
        self._bars = _bars(console) if console.is_terminal else None
        self._tasks: dict[str, TaskID] = {}
        self._ended = self._failed = 0
        self._told: tuple[str, float] = ("", 0.0)
        self._shown = False
        self._lock = RLock()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        with self._lock:
            if event.kind is Kind.PROGRESS:
                self._count(event)
            elif self._many and event.kind is Kind.STEP:
                self._move(event.router, event.text, None, 0, "")
            else:
                mark, style = MARKS[event.kind]
                head = f"{event.router}: " if self._many else ""
                with self.aside():
                    if not self._many:
                        # What the bar counted is over.
                        self._remove(event.router)
                    print_line(self._console, mark, head + event.text, style)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the bars away while something else is printed or asked."""
        with self._lock:
            if self._bars and self._shown:
                self._bars.stop()
            try:
                yield
            finally:
                if self._bars and self._shown:
                    self._bars.start()

    def begin(self) -> None:
        """Show the bar over all routers."""
        with self._lock:
            if self._total:
                self._move(_ALL, "all routers", self._total, self._ended, self._tally)

    def ended(self, outcome: Outcome) -> None:
        """Note that a router has come to its end."""
        with self._lock:
            self._ended += 1
            self._failed += outcome.exit_code != 0
            self._remove(outcome.router)
        self.begin()

    def close(self) -> None:
        """Leave the terminal as it was."""
        with self._lock:
            if self._bars and self._shown:
                self._bars.stop()
            self._shown = False

    @property
    def _tally(self) -> str:
        failed = f", {self._failed} failed" if self._failed else ""
        return f"{self._ended} of {self._total}{failed}"

    def _count(self, event: Event) -> None:
        amount = f"{event.done} of {event.total} {event.unit}".rstrip()
        if event.unit == "bytes":
            amount = f"{decimal(event.done)} of {decimal(event.total)}"
            if not self._bars and not self._many and event.done < event.total:
                self._line_now_and_then(event)
        self._move(event.router, event.text, event.total, event.done, amount)

    def _line_now_and_then(self, event: Event) -> None:
        text, since = self._told
        if text != event.text or self._now() - since >= SECONDS_BETWEEN_LINES:
            self._told = (event.text, self._now())
            how_far = f"{event.text}: {event.done:,} of {event.total:,} bytes"
            print_line(self._console, ".", how_far, "dim")

    def _remove(self, router: str) -> None:
        if self._bars and (task := self._tasks.pop(router, None)) is not None:
            self._bars.remove_task(task)

    def _move(self, router: str, text: str, total: int | None, done: int, amount: str) -> None:
        if not self._bars:
            return
        if router not in self._tasks:
            self._tasks[router] = self._bars.add_task("", total=None, amount="")
        label = f"{router}  {text}" if self._many and router else text
        self._bars.update(
            self._tasks[router], description=label, completed=done, total=total, amount=amount
        )
        if not self._shown:
            self._shown = True
            self._bars.start()


def _bars(console: Console) -> Bars:
    return Bars(
        TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(ratio=2, no_wrap=True, overflow="ellipsis"),
        ),
        BarColumn(bar_width=None, table_column=Column(ratio=1)),
        TextColumn(
            "{task.fields[amount]}",
            markup=False,
            justify="right",
            table_column=Column(no_wrap=True, min_width=12),
        ),
        console=console,
        transient=True,
        expand=True,
        # What a command answers goes to standard output as it is, also where that is a file.
        redirect_stdout=False,
        redirect_stderr=False,
    )
