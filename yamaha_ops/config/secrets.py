"""Secrets inside lines: found where the command table says they are, masked or taken out.

A place is ``N`` (the N-th value), ``*`` (every value), ``name+N`` (the N-th word behind a keyword)
or ``name=`` (an option).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.table import Entry, commands
from yamaha_ops.config.words import Word, locate, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MASK = "*"
"""What a router prints in place of a secret."""

_KEYWORDS = frozenset({"encrypted", "text"})
"""Words at the place of a secret that say how it is written, and are none."""
_CONTEXT_WORDS = {"*": 1, "pp": 2, "tunnel": 2, "switch": 2}
"""How many words the context of a scheduled command takes (REF 37.1)."""


class Secret(NamedTuple):
    """A secret in a line.

    Attributes:
        text: The secret itself, or the mask that stands for it.
        place: The number of its word in the line, from 1.
        start: Where its word begins in the line.
        end: Where its word ends.
        prefix: What its word says before it, such as ``auth=``.
    """

    text: str
    place: int
    start: int
    end: int
    prefix: str


def mask(line: str) -> str:
    """Return ``line`` with every secret replaced by ``*``; everything else stays as it is."""
    return replace_secrets(line, lambda _: MASK)


def has_secret(line: str) -> bool:
    """Say whether ``line`` holds a secret that is not masked."""
    return any(secret.text != MASK for secret in secrets_of(line))


def replace_secrets(line: str, replacement: Callable[[Secret], str]) -> str:
    """Return ``line`` with each secret replaced by the text that ``replacement`` returns."""
    return replace_words(line, lambda secret, _: quote(replacement(secret)))


def replace_words(line: str, replacement: Callable[[Secret, str], str]) -> str:
    """Return ``line`` with each secret replaced; ``replacement`` also gets it as written."""
    for secret in reversed(secrets_of(line)):
        if secret.text != MASK:
            # A word in quotes goes as a whole, its prefix included.
            prefixed = line.startswith(secret.prefix, secret.start)
            start = secret.start + len(secret.prefix) * prefixed
            word = replacement(secret, line[start : secret.end])
            line = line[:start] + word + line[secret.end :]
    return line


def secrets_of(line: str) -> list[Secret]:
    """Return the secrets of ``line``, masked ones included, from left to right."""
    stripped = line.lstrip(" \t")
    if not stripped or stripped.startswith("#"):
        return []
    try:
        words = locate(line)
    except ParameterError:
        return []
    first = 1 if words[0].text.lower() == "no" else 0
    return list(_find(words, first))


def _find(words: Sequence[Word], first: int) -> Iterator[Secret]:
    """Yield the secrets of the command that begins with the word ``first``."""
    candidates = commands().candidates([word.text for word in words[first:]])
    if not candidates:
        return
    entry = candidates[0]
    value = first + len(entry.slots) - entry.splits
    if "schedule" in entry.tags:
        # The scheduled command may hold secrets of its own, behind its context.
        for position in range(value, len(words)):
            if taken := _CONTEXT_WORDS.get(words[position].text):
                if position + taken < len(words):
                    yield from _find(words, position + taken)
                return
    for position in sorted(_positions(entry, words, value)):
        word = words[position]
        prefix = _prefix(entry, word.text, splits=entry.splits and position == value)
        text = word.text.removeprefix(prefix)
        if text and text not in _KEYWORDS:
            yield Secret(text, position + 1, word.start, word.end, prefix)


def _positions(entry: Entry, words: Sequence[Word], value: int) -> set[int]:
    """Return which of ``words`` are secrets; the values begin at ``value``."""
    found: set[int] = set()
    values = range(value, len(words))
    for place in entry.tags.get("secret", "").split():
        keyword, plus, offset = place.partition("+")
        if place == "*":
            found.update(values)
        elif place.isdecimal():
            found.add(value + int(place) - 1)
        elif plus:
            found.update(at + int(offset) for at in values if words[at].text.lower() == keyword)
        else:
            found.update(at for at in values if words[at].text.lower().startswith(place))
    return found.intersection(values)


def _prefix(entry: Entry, text: str, *, splits: bool) -> str:
    """Return the part of a word before its secret: ``auth=`` and the like."""
    name, equals, _ = text.partition("=")
    named = equals and f"{name.lower()}=" in entry.tags["secret"].split()
    return f"{name}=" if splits or named else ""
