"""Waves: a few routers first, more once those are well."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, TypeVar

from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Item = TypeVar("Item")

_SIZE = re.compile(r"(\d+)(%?)")
_WHOLE = 100


def waves(items: Sequence[Item], sizes: str) -> Iterator[Sequence[Item]]:
    """Split ``items`` into waves.

    Args:
        items: In the order they are to be changed.
        sizes: ``1,5,25%``: one, then five, then quarters of all; the last size repeats.

    Raises:
        InputError: ``sizes`` is not such a list.
    """
    numbers = [_size(part.strip(), len(items)) for part in sizes.split(",")]
    return _split(items, numbers)


def _split(items: Sequence[Item], numbers: Sequence[int]) -> Iterator[Sequence[Item]]:
    start = 0
    for number in (*numbers, *[numbers[-1]] * len(items)):
        if start >= len(items):
            return
        yield items[start : start + number]
        start += number


def _size(part: str, total: int) -> int:
    match = _SIZE.fullmatch(part)
    number = int(match[1]) if match else 0
    if not match or number < 1 or (match[2] and number > _WHOLE):
        raise InputError(
            f"{part!r} is no size of a wave", hint="Give numbers or percentages: --wave 1,5,25%"
        )
    return math.ceil(total * number / _WHOLE) if match[2] else number
