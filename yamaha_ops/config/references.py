"""Which setting needs which: numbers that one line defines and others use.

The command table says where they stand (``defines=filter``, ``uses=filter@*,dynamic@dynamic``).
A place is ``*`` (the numbers the values begin with), ``N`` (from the N-th value on), a keyword
(behind each occurrence), ``name=`` (an option), ``{slot}`` (a parameter of the key) or ``name*``
(a word such as ``tunnel1``).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from yamaha_ops.config.table import Entry, commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.config.setting import Setting


class Reference(NamedTuple):
    """An object of the configuration: ``filter 200030``, ``nat 1000``, ``tunnel 1``."""

    kind: str
    number: str

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


_NAMED = frozenset({"set", "user", "interface", "area", "area6"})
"""Kinds whose objects have a name in place of a number."""


def defined(setting: Setting) -> Reference | None:
    """Return the object that ``setting`` makes, if any."""
    kind = setting.entry.tags.get("defines")
    if kind is None:
        return None
    position = next(index for index, slot in enumerate(setting.entry.slots) if slot.literal is None)
    return Reference(kind, setting.words[position])


def used(setting: Setting) -> Iterator[Reference]:
    """Yield the objects that ``setting`` names, in the order of the line."""
    for use in setting.entry.tags.get("uses", "").split():
        kind, _, place = use.partition("@")
        for number in _numbers(setting, kind, place):
            yield Reference(kind, number)


def _numbers(setting: Setting, kind: str, place: str) -> Iterator[str]:
    values = setting.values
    if place.startswith("{"):
        names = [slot.name for slot in setting.entry.slots]
        yield setting.words[names.index(place[1:-1])]
    elif place == "*":
        yield from _run(values, kind)
    elif place.isdecimal():
        yield from _run([each for each in values[int(place) - 1 :] if "=" not in each], kind)
    elif place.endswith(("=", "*")):
        yield from _inside(values, place)
    else:
        for index, value in enumerate(values):
            if value == place:
                yield from _run(values[index + 1 :], kind)


def _inside(words: Sequence[str], place: str) -> Iterator[str]:
    """Yield the numbers of ``name=1,2`` and of ``name1``."""
    start = place.removesuffix("*")
    for word in words:
        if word.startswith(start):
            yield from (each for each in word.removeprefix(start).split(",") if each.isdecimal())


def _run(words: Sequence[str], kind: str) -> Iterator[str]:
    """Yield the numbers that ``words`` begin with; for named kinds the first word."""
    if kind in _NAMED:
        yield from words[:1]
        return
    for word in words:
        if not (word.isdecimal() or (kind == "pp" and word == "anonymous")):
            return
        yield word


@cache
def level(entry: Entry) -> int:
    """Return how many kinds of objects must stand before a row's setting can: 0 for none.

    Settings of a PP or a tunnel share the level of their block, one below its ``enable``.
    """
    if entry.context in {"pp", "tunnel"}:
        return _block_level(entry.context)
    kind = entry.tags.get("defines", "")
    if kind in {"pp", "tunnel"}:
        return _block_level(kind) + 1
    return _own_level(entry)


@cache
def _block_level(context: str) -> int:
    rows = (entry for entry in commands().entries if entry.context == context)
    return max(map(_own_level, rows))


def _own_level(entry: Entry) -> int:
    kinds = {use.partition("@")[0] for use in entry.tags.get("uses", "").split()}
    return max((_kind_level(kind) + 1 for kind in kinds), default=0)


@cache
def _kind_level(kind: str) -> int:
    rows = (entry for entry in commands().entries if entry.tags.get("defines") == kind)
    return max(map(level, rows), default=0)
