"""Why a router prints a line otherwise than it was told, though it means the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.config import mask
from yamaha_ops.config.words import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.config import Configuration

    Words = list[str]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A line that a router rewrote.

    Attributes:
        told: As it was told; masked.
        shown: As it is shown; masked.
        reason: Why the two are one.
    """

    told: str
    shown: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def rewritten(told: Configuration, shown: Configuration) -> Iterator[Rewritten]:
    """Give every line of ``told`` that ``shown`` has in other words.

    Args:
        told: What was rendered or restored.
        shown: What the router prints.
    """
    lines = {line.number: line.text for line in told.lines}
    makes = Counter(told.places.values())
    for key, setting in told.settings.items():
        known = shown.settings.get(key)
        if known is None or mask(known.meaning) != mask(setting.meaning):
            continue
        line = mask(" ".join(lines[told.places[key]].split()))
        if line == mask(known.line):
            continue
        if makes[told.places[key]] > 1:
            reason = "the router has a line for each number"
        else:
            reason = _reason(line, mask(setting.line), mask(known.line))
        yield Rewritten(line, mask(known.line), reason)


def _reason(told: str, spelled: str, shown: str) -> str:
    one, other = split(told), split(shown)
    for reason, plain in _REASONS:
        one, other = plain(one), plain(other)
        if one == other:
            return reason
        if plain is _lowered and spelled == shown:
            return "addresses, masks and numbers have one spelling"
    return "the router has its own way to write this; it means the same"


def _as_they_are(words: Words) -> Words:
    return words


def _lowered(words: Words) -> Words:
    return [word.lower() for word in words]


def _unmasked(words: Words) -> Words:
    return [word.removesuffix("/32") for word in words]


def _without_tail(words: Words) -> Words:
    last = len(words)
    while last and words[last - 1] == "*":
        last -= 1
    return words[:last]


def _in_order(words: Words) -> Words:
    return sorted(",".join(sorted(word.split(","))) for word in words)


_REASONS: tuple[tuple[str, Callable[[Words], Words]], ...] = (
    ("quotes and blanks are not kept", _as_they_are),
    ("keywords are written in lower case", _lowered),
    ("a * at the end is what is meant without it", _without_tail),
    ("an address without a mask is one host (/32)", _unmasked),
    ("the router has its own order for these", _in_order),
)
"""From small to large: each forgives what the ones before it forgive as well."""
