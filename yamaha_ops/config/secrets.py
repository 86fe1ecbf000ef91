"""Secrets inside lines: where the command table says they are, masked or taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.statement import MASK
from yamaha_ops.config.table import Entry, commands
from yamaha_ops.config.words import Word, locate, quote

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYWORDS = frozenset({"encrypted", "text", MASK})
"""Words at the place of a secret that say how it is written, and are none."""


def mask(line: str) -> str:
    """Return ``line`` with every secret replaced by ``*``; everything else stays as it is."""
    return replace_secrets(line, lambda _place, _secret: MASK)


def has_secret(line: str) -> bool:
    """Say whether ``line`` holds a secret that is not masked."""
    return mask(line) != line


def replace_secrets(line: str, replacement: Callable[[int, str], str]) -> str:
    """Return ``line`` with each secret replaced by what ``replacement(place, secret)`` returns.

    ``place`` is the number of the word in the line, from 1, a leading ``no`` counted.
    """
    stripped = line.lstrip(" \t")
    if not stripped or stripped[0] == "#":
        return line
    try:
        words = locate(line)
    except ParameterError:
        return line
    first = 1 if words[0].text.lower() == "no" else 0
    return _replace(line, words, first, replacement)


def _replace(
    line: str, words: list[Word], first: int, replacement: Callable[[int, str], str]
) -> str:
    entry = _entry(words[first:])
    if entry is None:
        return line
    if "schedule" in entry.tags:
        # The scheduled command may hold a secret of its own, behind its context.
        for start in range(first + len(entry.slots), len(words)):
            if words[start].text == "*" and start + 1 < len(words):
                return _replace(line, words, start + 1, replacement)
            if words[start].text in {"pp", "tunnel", "switch"} and start + 2 < len(words):
                return _replace(line, words, start + 2, replacement)
        return line
    if "secret" not in entry.tags:
        return line
    value = first + len(entry.slots) - entry.splits
    for place in sorted(_places(entry, words, value), reverse=True):
        word = words[place]
        prefix = _prefix(entry, word.text, splits=entry.splits and place == value)
        secret = word.text.removeprefix(prefix)
        if secret and secret not in _KEYWORDS:
            new = prefix + replacement(place + 1, secret)
            line = line[: word.start] + quote(new) + line[word.end :]
    return line


def _entry(words: list[Word]) -> Entry | None:
    found = commands().candidates([word.text for word in words])
    return found[0] if found else None


def _places(entry: Entry, words: list[Word], value: int) -> set[int]:
    """Return the indices of the words that are secrets."""
    places: set[int] = set()
    for selector in entry.tags["secret"].split():
        keyword, plus, offset = selector.partition("+")
        if selector == "*":
            places.update(range(value, len(words)))
        elif selector.isdecimal():
            places.update({value + int(selector) - 1} & set(range(len(words))))
        elif plus:
            places.update(
                index + int(offset)
                for index in range(value, len(words) - int(offset))
                if words[index].text.lower() == keyword
            )
        else:
            places.update(
                index
                for index in range(value, len(words))
                if words[index].text.lower().startswith(keyword)
            )
    return places


def _prefix(entry: Entry, text: str, *, splits: bool) -> str:
    """Return the part of a word before its secret: ``auth=`` and the like."""
    name, equals, _ = text.partition("=")
    named = equals and f"{name.lower()}=" in entry.tags["secret"].split()
    return f"{name}=" if splits or named else ""
