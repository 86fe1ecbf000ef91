"""One line of what happens, with its sign before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from yamaha_ops.change.event import Kind

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {
    Kind.STEP: ("✓", "green"),
    Kind.WARNING: ("!", "yellow"),
    Kind.FAILURE: ("✗", "bold red"),
}


def print_line(console: Console, sign: str, text: str, style: str, text_style: str = "") -> None:
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
