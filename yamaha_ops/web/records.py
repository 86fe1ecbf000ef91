"""Records of a router as tables for a page: single values beside their names, lists as rows.

Works on the plain data of ``status --json``. The word of a field is ``field.NAME``; its unit stands
in its name, as everywhere in the status room.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.web.words import translate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_UNIT: Final = re.compile(r"(?:^|[_/])(ratio|seconds|bps|celsius|bytes|packets)(?:[_/]|$)")
_NAMES: Final = {"ipv4": "IPv4", "ipv6": "IPv6"}
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_STEPS: Final = (("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
_SPEEDS: Final = ((1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s"))
_EXACT: Final = 10_000
_SIZES: Final = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


@dataclass(frozen=True, slots=True)
class Cell:
    """A value for people, and whether it belongs to the right."""

    text: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a record: either pairs or a table.

    Attributes:
        title: What it is part of; empty for the record itself.
        pairs: Names and values.
        columns: Heads of the table.
        rows: Its rows.
    """

    title: str
    pairs: Sequence[tuple[str, Cell]] = ()
    columns: Sequence[Cell] = ()
    rows: Sequence[Sequence[Cell]] = ()


@dataclass(slots=True)
class _Parts:
    """A record, taken apart: single values by name, and lists of records."""

    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def blocks(record: Any, language: str, title: str = "") -> Iterator[Block]:
    """Give a record as blocks; what the router did not tell is left out.

    Args:
        record: Plain data.
        language: Of the words.
        title: What stands above the first block.
    """
    parts = _take_apart(record)
    if parts.values or not parts.lists:
        yield Block(
            title,
            [(label(name, language), shown(name, v, language)) for name, v in parts.values.items()],
        )
    for name, rows in parts.lists.items():
        taken = [_take_apart(row) for row in rows]
        about = " – ".join(filter(None, (title, label(name, language))))
        if any(each.lists for each in taken) or len(rows) == 1:
            for row, each in zip(rows, taken, strict=True):
                key = next(iter(each.values.items()), None)
                named = f"{about} {shown(*key, language).text}" if key and len(rows) > 1 else about
                yield from blocks(row, language, named)
        else:
            yield _table(about, taken, language)


def label(name: str, language: str) -> str:
    """Return the word of a field; of a part of a part the words of both."""
    return " · ".join(_word(part, language) for part in name.split("/"))


def _word(name: str, language: str) -> str:
    key = f"field.{name}"
    word = translate(language, key)
    return name.replace("_", " ") if word == key else word


def shown(name: str, value: Any, language: str) -> Cell:
    """Write a value for people, by the unit that its name holds."""
    if isinstance(value, bool):
        word = "yes" if value else "no"
        special = translate(language, key := f"value.{name.rpartition('/')[2]}.{word}")
        return Cell(translate(language, f"common.{word}") if special == key else special)
    if isinstance(value, list):
        return Cell(", ".join(_item(each) for each in value))
    if isinstance(value, str):
        return Cell(value.replace("T", " ", 1) if _TIME.match(value) else value)
    unit = _UNIT.search(name)
    if unit and isinstance(value, int | float):
        return Cell(_WRITERS[unit[1]](value, language), number=True)
    return Cell(str(value), number=isinstance(value, int | float))


def duration(seconds: float, language: str) -> str:
    """Write a duration in its two largest units."""
    left = int(seconds)
    parts: list[str] = []
    for word, size in _STEPS:
        count, left = divmod(left, size)
        if count and len(parts) < 2:  # noqa: PLR2004 -- more would be noise
            parts.append(translate(language, f"duration.{word}", count=count))
        elif parts:
            break
    return " ".join(parts) or translate(language, "duration.seconds", count=0)


def speed(bits: float) -> str:
    """Write bits a second."""
    return next(
        (f"{bits / size:.3g} {unit}" for size, unit in _SPEEDS if bits >= size), f"{bits:.0f} bit/s"
    )


def size(count: float) -> str:
    """Write a number of bytes; a small one (an MTU) exactly."""
    if count < _EXACT:
        return f"{count:,.0f} B"
    return next(
        (f"{count / each:.3g} {unit}" for each, unit in _SIZES if count >= each), f"{count:.0f} B"
    )


def _take_apart(record: Any, above: str = "") -> _Parts:
    parts = _Parts()
    for name, value in (record if isinstance(record, dict) else {}).items():
        full = f"{above}/{name}" if above else name
        if value is None or value in ([], "", {}):
            continue
        if isinstance(value, dict):
            if all(each is None or isinstance(each, dict) for each in value.values()):
                parts.lists[full] = [
                    {"name": _NAMES.get(key, key), **each}
                    for key, each in value.items()
                    if each is not None
                ]
            else:
                below = _take_apart(value, full)
                parts.values |= below.values
                parts.lists |= below.lists
        elif isinstance(value, list) and isinstance(value[0], dict):
            parts.lists[full] = value
        else:
            parts.values[full] = value
    return parts


def _table(title: str, taken: Sequence[_Parts], language: str) -> Block:
    names = list(dict.fromkeys(name for row in taken for name in row.values))
    rows = [
        [
            shown(name, row.values[name], language) if name in row.values else Cell("")
            for name in names
        ]
        for row in taken
    ]
    numbers = [
        all(row[place].number or not row[place].text for row in rows) for place in range(len(names))
    ]
    heads = [
        Cell(label(name, language), number) for name, number in zip(names, numbers, strict=True)
    ]
    return Block(title, columns=heads, rows=rows)


def _item(value: Any) -> str:
    return "-".join(map(str, value)) if isinstance(value, list) else str(value)


_WRITERS: Final[Mapping[str, Callable[[float, str], str]]] = {
    "ratio": lambda value, _language: f"{value:.0%}",
    "seconds": duration,
    "bps": lambda value, _language: speed(value),
    "celsius": lambda value, _language: f"{value:g} °C",
    "bytes": lambda value, _language: size(value),
    "packets": lambda value, _language: f"{value:,}",
}
