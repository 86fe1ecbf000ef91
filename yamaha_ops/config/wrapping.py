"""Lines that a console broke at its width, put together again.

A console of N columns breaks a line after N - 1 cells, in the middle of a word, without a mark; a
full-width character takes two cells and is never cut (recorded on RTX830, 1000, 1100 and 1200).
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

USUAL_COLUMNS = (80, 200)
"""The default of ``console columns``, and the most before Rev.15.02.14 (REF 4.22)."""


class Line(NamedTuple):
    """A line as it was told, and where it stands: the first physical line, from 1, and how many."""

    text: str
    number: int
    height: int = 1


def cells(text: str) -> int:
    """Return how many display cells ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in text)


def unwrap(text: str, columns: int, stands_alone: Callable[[str], bool] | None = None) -> str:
    """Return ``text``, captured on a console of ``columns`` columns, with its lines whole.

    Args:
        text: Console output, pager and echo already removed.
        columns: The value of ``console columns``.
        stands_alone: Says of a line that it cannot be the rest of the one before, although that
            one fills the width.
    """
    lines = join_wrapped(text.splitlines(), columns - 1, stands_alone or (lambda _: False))
    ending = "\n" if text.endswith("\n") else ""
    return "\n".join(line.text for line in lines) + ending


def join_wrapped(
    physical: Sequence[str], width: int, stands_alone: Callable[[str], bool]
) -> list[Line]:
    """Join every line that fills ``width`` cells with the next, unless that one stands alone."""
    lines: list[Line] = []
    open_line = False
    for number, text in enumerate(physical, 1):
        if open_line and _continues(physical[number - 2], text, width) and not stands_alone(text):
            last = lines[-1]
            lines[-1] = Line(last.text + text, last.number, last.height + 1)
        else:
            lines.append(Line(text, number))
        open_line = True
    return lines


def _continues(before: str, after: str, width: int) -> bool:
    """Say whether ``before`` was broken because ``after`` did not fit any more."""
    if not after or len(before) > width or 2 * len(before) < width - 1:
        return False
    room = width - cells(before)
    return room == 0 or (room == 1 and cells(after[0]) > 1)


def wrapped_width(
    physical: Sequence[str], columns: Sequence[int], stands_alone: Callable[[str], bool]
) -> int | None:
    """Return the width ``physical`` was broken at, or None when it was not.

    It was broken on a console of one of ``columns`` when no line is wider than that console, and a
    line that fills it is followed by one that says nothing on its own.
    """
    longest = max(map(len, physical), default=0)
    possible = [each - 1 for each in columns if longest < each]
    widest = max(map(cells, physical), default=0) if possible else 0
    for width in possible:
        if width - 1 <= widest <= width and any(
            _continues(before, after, width) and not stands_alone(after)
            for before, after in pairwise(_outside_blocks(physical))
        ):
            return width
    return None


def _outside_blocks(physical: Sequence[str]) -> Iterator[str]:
    """Yield the lines that are commands: an embedded script may hold lines of any width."""
    end = ""
    for text in physical:
        if not end:
            yield text
            end = text.rpartition("<<")[2].strip() if "<<" in text else ""
        elif text.strip() == end:
            end = ""
