"""Records as tables for people: one for each list, one for what stands alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

_UNITS = re.compile(r"(?:^|_)(ratio|seconds|bps|celsius)(?:_|$)")
_STEPS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_GAP = 2
"""Blanks between two columns."""
_INDENT = 1
_SPEEDS = ((1_000_000_000, "Gbit/s"), (1_000_000, "Mbit/s"))


@dataclass(frozen=True, slots=True)
class _Parts:
    """A record, taken apart: single values by label, and lists of records by name."""

    values: dict[str, str]
    lists: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class _Named:
    """An entry of a mapping, with its key."""

    name: str
    record: Any


def tables(title: str, record: Any) -> Iterator[RenderableType]:
    """Give one record for people: its single values, then its lists; absent values are left out."""
    parts = _take_apart(record)
    if parts.values or not parts.lists:
        yield Text(title, style="bold")
        yield _column(parts.values or {"": "nothing"})
    for name, rows in parts.lists.items():
        taken = [_take_apart(row) for row in rows]
        if len(rows) == 1 or any(row.lists for row in taken):
            for row, each in zip(rows, taken, strict=True):
                key = next(iter(each.values.values()), "")
                yield from tables(f"{title}, {name} {key}", row)
        else:
            yield Text(f"{title}, {name}", style="bold")
            yield Grid([row.values for row in taken])


def _take_apart(record: Any, above: str = "") -> _Parts:
    parts = _Parts({}, {})
    for name, value in _items(record):
        full = f"{above}_{name}".strip("_")
        if value is None or value in ((), ""):
            continue
        if isinstance(value, Mapping):
            parts.lists[_label(full)] = [_Named(key, each) for key, each in value.items()]
        elif isinstance(value, tuple) and is_dataclass(value[0]):
            parts.lists[_label(full)] = list(value)
        elif is_dataclass(value):
            below = _take_apart(value, full)
            parts.values.update(below.values)
            parts.lists.update(below.lists)
        else:
            parts.values[_label(full)] = shown(full, value)
    return parts


def _items(record: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(record, _Named):
        yield "name", record.name
        record = record.record
    for item in fields(record):
        yield item.name, getattr(record, item.name)


def _column(values: Mapping[str, str]) -> Table:
    table = Table(show_header=False, box=None)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in values.items():
        table.add_row(name, Text(value))
    return table


class Grid:
    """Rows below one another where no word has to be broken for it, else one block for each.

    A broken address is no address: nobody can copy it, and nobody sees where it ends.

    Args:
        rows: Cells by the name of their column; a cell may be missing.
    """

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self._rows = rows
        self._columns = list(dict.fromkeys(name for row in rows for name in row))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render for the width at hand."""
        widths = self._widths(options.max_width - _INDENT)
        if widths:
            yield self._table(widths)
            return
        for number, row in enumerate(self._rows):
            if number:
                yield Text()
            yield _column(row)

    def _widths(self, room: int) -> list[int]:
        """Return a width for each column; nothing where not even the longest words have room."""
        columns = [
            [column, *(row.get(column, "") for row in self._rows)] for column in self._columns
        ]
        widths = [max(map(cell_len, " ".join(cells).split()), default=0) for cells in columns]
        left = room - sum(widths) - _GAP * (len(columns) - 1)
        if left < 0:
            return []
        # Headings are broken before values are, and long values before short ones.
        for part in (slice(1, None), slice(None)):
            wanted = [
                max(cell_len(line) for cell in cells[part] for line in cell.split("\n"))
                for cells in columns
            ]
            for place in sorted(range(len(columns)), key=lambda each: wanted[each] - widths[each]):
                more = max(0, min(left, wanted[place] - widths[place]))
                widths[place] += more
                left -= more
        return widths

    def _table(self, widths: Sequence[int]) -> Padding:
        table = Table(header_style="dim", box=None, padding=(0, _GAP, 0, 0), pad_edge=False)
        for column, width in zip(self._columns, widths, strict=True):
            table.add_column(column, width=width)
        for row in self._rows:
            table.add_row(*(Text(row.get(column, "")) for column in self._columns))
        return Padding(table, (0, 0, 0, _INDENT), expand=False)


def _label(name: str) -> str:
    return " ".join(_UNITS.sub("_", name).strip("_").split("_"))


def shown(name: str, value: Any) -> str:
    """Write a value for people, by the unit that its field name holds."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, tuple):
        return ", ".join(map(_item, value))
    unit = _UNITS.search(name)
    if unit:
        return _WRITERS[unit[1]](value)
    return f"{value:,}" if re.search("bytes|packets", name) else str(value)


def _item(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _duration(seconds: int) -> str:
    parts = []
    for size, letter in _STEPS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{letter}")
    return " ".join(parts) or "0s"


def _speed(bits: int) -> str:
    for size, name in _SPEEDS:
        if bits >= size:
            return f"{bits / size:g} {name}"
    return f"{bits} bit/s"


_WRITERS: dict[str, Callable[[Any], str]] = {
    "ratio": lambda value: f"{value:.0%}",
    "seconds": _duration,
    "bps": _speed,
    "celsius": lambda value: f"{value:g} °C",
}
