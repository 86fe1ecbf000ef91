"""The ``bit`` library: unsigned 32 bits (not LuaBitOp)."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_, xor
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, recorded

if TYPE_CHECKING:
    from collections.abc import Callable

FIDELITY: Final = (
    recorded(
        "`bit`: results without sign, any count of arguments, negative ones refused, "
        "positive counts to the left",
        "routemon",
    ),
    assumed("What `bit` says to a negative argument", "only that it is refused was seen"),
)

ALL: Final = 0xFFFFFFFF


def band(*values: int) -> int:
    """Bits set in all values."""
    return reduce(and_, map(int, values), ALL) & ALL


def bor(*values: int) -> int:
    """Bits set in any value."""
    return reduce(or_, map(int, values), 0) & ALL


def bxor(*values: int) -> int:
    """Bits set in an odd number of values."""
    return reduce(xor, map(int, values), 0) & ALL


def bnot(value: int) -> int:
    """The other bits."""
    return ~int(value) & ALL


def btest(*values: int) -> bool:
    """Whether the values have a bit in common."""
    return band(*values) != 0


def bshift(value: int, count: int) -> int:
    """Shift to the left, or to the right by a negative count."""
    value, count = int(value) & ALL, int(count)
    return value << min(count, 32) & ALL if count >= 0 else value >> -count


def brotate(value: int, count: int) -> int:
    """Rotate to the left, or to the right by a negative count."""
    value, count = int(value) & ALL, int(count) % 32
    return (value << count | value >> (32 - count)) & ALL


BITS: Final[dict[str, Callable[..., int | bool]]] = {
    each.__name__: each for each in (band, btest, bor, bxor, bnot, bshift, brotate)
}
