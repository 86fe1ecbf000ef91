r"""One value, one word: what a template may put into a command line, quoted as the router reads it.

Values come from an inventory and are not trusted. A blank or one of ``? # | > \\ ' "`` inside a
value is quoted (REF 1.5); a control character, which would end the line and start a command of
its own, is refused.
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Network,
)
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined

from yamaha_ops.inventory.parts import AddressRange
from yamaha_ops.inventory.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterable

SPECIAL = frozenset(" ?#|>\\'\"\u3000")
_PLAIN = (
    str,
    int,
    IPv4Address,
    IPv4Network,
    IPv4Interface,
    IPv6Address,
    IPv6Network,
    AddressRange,
    Traffic,
    StrictUndefined,  # whose text form is the error that names the missing variable
)
LIMIT = 4095
"""Half-width characters of one command line (REF 1.5)."""


class Words(str):
    """Text that is already in the router's own notation and goes into the line as it is."""

    __slots__ = ()


def word(value: object) -> Words:
    """Return a value as exactly one word of a command line.

    Raises:
        ValueError: The value is empty or holds a character that cannot stand in a line.
    """
    if isinstance(value, bool):
        return Words("on" if value else "off")
    if not isinstance(value, _PLAIN):
        # Anything else has a text form for programmers, which must never reach a router.
        raise ValueError(f"{type(value).__name__} cannot be a word of a command")  # noqa: TRY004 -- one kind for callers
    text = str(value)
    if not text:
        raise ValueError("an empty value cannot be a word of a command")
    if not text.isprintable():
        raise ValueError(f"{text!r} holds a character that cannot stand in a command line")
    if not SPECIAL.intersection(text):
        return Words(text)
    if '"' not in text and "\\" not in text:
        return Words(f'"{text}"')
    return Words("".join(f"\\{each}" if each in SPECIAL else each for each in text))


def words(values: Iterable[object]) -> Words:
    """Return values side by side, each of them one word."""
    return Words(" ".join(value if isinstance(value, Words) else word(value) for value in values))


def finalize(value: Any) -> Any:
    """Guard every ``{{ ... }}`` of a template: a single word, unless it is :class:`Words`."""
    return value if isinstance(value, Words) else word(value)
