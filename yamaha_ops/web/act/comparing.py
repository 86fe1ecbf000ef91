"""Two configurations beside each other, line by line and word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final, Literal

from yamaha_ops.history.comparison import compare

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from yamaha_ops.actions.sides import Side
    from yamaha_ops.config import Command

AROUND: Final = 3
"""Unchanged lines shown around a change."""

_NEAR: Final = 100
"""So many lines ahead the other half of a changed line is looked for: every pair costs."""
_WHOLE: Final = 1_000_000
_WORDS: Final = re.compile(r"\s+|[^\s]+")
_ALIKE: Final = 0.5
"""From here on two lines are one that was changed; below it one went and another came."""

Sign = Literal["same", "removed", "added", "changed", "gap"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of two columns.

    Attributes:
        sign: What became of the line. ``gap`` stands for unchanged lines that are left out.
        left: Number of the line on the left, None where there is none.
        right: The same on the right; of a gap how many lines are left out.
        old: The left line in pieces.
        new: The right line in pieces.
    """

    sign: Sign
    left: int | None
    right: int | None
    old: tuple[Piece, ...] = ()
    new: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Two configurations of a router, compared; every secret is masked.

    Attributes:
        left: What the first one is.
        right: What the second one is.
        rows: The lines beside each other, unchanged ones between them left out.
        secrets: Places whose secret is another one, though the line is the same.
        commands: From the first to the second.
        warnings: What no command can do.
        added, removed, changed: How many settings.
    """

    left: str
    right: str
    rows: tuple[Row, ...]
    secrets: tuple[str, ...]
    commands: tuple[Command, ...]
    warnings: tuple[str, ...]
    added: int
    removed: int
    changed: int

    def __bool__(self) -> bool:
        return bool(self.rows or self.secrets or self.commands)


def beside(left: Side, right: Side, *, around: int | None = AROUND) -> Compared:
    """Compare two configurations.

    Args:
        left: The first.
        right: The second.
        around: How many unchanged lines around a change; None for all.
    """
    found = compare(
        left.configuration,
        right.configuration,
        names=("", ""),
        printed=left.printed and right.printed,
        context=_WHOLE,
    )
    rows = list(_rows(line for line in found.lines[3:] if line))
    delta = found.difference
    return Compared(
        left.about,
        right.about,
        tuple(rows if around is None else _folded(rows, around)),
        found.secrets,
        delta.commands,
        delta.warnings,
        len(delta.added),
        len(delta.removed),
        len(delta.changed),
    )


def _rows(lines: Iterable[str]) -> Iterator[Row]:
    left = right = 0
    old: list[str] = []
    new: list[str] = []
    for line in lines:
        if line[0] == " ":
            yield from _block(old, new, left, right)
            left, right = left + len(old) + 1, right + len(new) + 1
            old, new = [], []
            same = (Piece(line[1:]),)
            yield Row("same", left, right, same, same)
        else:
            (old if line[0] == "-" else new).append(line[1:])
    yield from _block(old, new, left, right)


def _block(old: Sequence[str], new: Sequence[str], left: int, right: int) -> Iterator[Row]:
    """Put what went beside what came."""
    for one, other in _paired(old, new):
        left += one is not None
        right += other is not None
        if one is not None and other is not None:
            yield Row("changed", left, right, *_pieces(one, other))
        elif one is not None:
            yield Row("removed", left, None, (Piece(one, differs=True),))
        elif other is not None:
            yield Row("added", None, right, (), (Piece(other, differs=True),))


def _paired(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Pair lines that are alike, in order; the others stand alone."""
    at = 0
    for one in old:
        near = range(at, min(at + _NEAR, len(new)))
        found = next((i for i in near if _alike(one, new[i])), None)
        if found is None:
            yield one, None
            continue
        for other in new[at:found]:
            yield None, other
        yield one, new[found]
        at = found + 1
    for other in new[at:]:
        yield None, other


def _alike(one: str, other: str) -> bool:
    a, b = one.split(), other.split()
    if a[:2] != b[:2]:
        return False
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE


def _pieces(one: str, other: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    a, b = _WORDS.findall(one), _WORDS.findall(other)
    old: list[Piece] = []
    new: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        differs = tag != "equal"
        if j > i:
            old.append(Piece("".join(a[i:j]), differs))
        if m > k:
            new.append(Piece("".join(b[k:m]), differs))
    return tuple(old), tuple(new)


def _folded(rows: Sequence[Row], around: int) -> Iterator[Row]:
    """Leave out what is unchanged and far from any change."""
    near: set[int] = set()
    for number, row in enumerate(rows):
        if row.sign != "same":
            near.update(range(number - around, number + around + 1))
    left_out = 0
    for number, row in enumerate(rows):
        if number in near:
            if left_out:
                yield Row("gap", None, left_out)
            left_out = 0
            yield row
        else:
            left_out += 1
    if left_out:
        yield Row("gap", None, left_out)
