"""The command table: what a line may be, and what identifies the setting it makes.

The rows live in ``data/commands.tsv``; ``docs/config.md`` explains the columns. Adding a command
is adding a row: nothing in the code names one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import TYPE_CHECKING

from yamaha_ops.config.forms import count_values

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NUMBER = r"\d+"
_ANY = r"\S.*"
_PATTERNS = {
    "interface": r"(?:lan|vlan|bridge|loopback|null|wan|onu|usb|sd|bri|pri)[0-9./]*",
    "bridge_interface": r"bridge\d+",
    "phys_lan_interface": r"lan\d+",
    "direction": "in|out",
    "dir": "in|out",
    "id": _NUMBER,
    "num": _NUMBER,
    "number": _NUMBER,
    "vrid": _NUMBER,
    "nat_descriptor": _NUMBER,
    "gateway": _NUMBER,
    "order": _NUMBER,
    "seq": _NUMBER,
    "remote_as": _NUMBER,
    "index": _NUMBER,
    "userid": _NUMBER,
    "groupid": _NUMBER,
    "id1": _NUMBER,
}
_FREE_TEXT = 'a "b'
_VERBATIM = {"user", "name", "username", "filename", "host", "fqdn"}
"""Placeholders that hold a name: case counts in them."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One word of a template: a literal, or a pattern for a parameter.

    Attributes:
        literal: The keyword, or None.
        name: The parameter's name.
        pattern: What the parameter looks like.
        verbatim: Upper and lower case differ in meaning.
        free: It may be any text, blanks and quotes included.
        splits: It is the name in ``name=value``.
    """

    literal: str | None
    name: str = ""
    pattern: str = ""
    verbatim: bool = False
    free: bool = False
    splits: bool = False


@dataclass(frozen=True, repr=False)
class Entry:
    """One row of the table.

    Attributes:
        template: The words that identify the setting; ``{name}`` or ``{name:pattern}`` is a
            parameter, ``{name}=`` splits ``name=value`` into key and value.
        context: ``global``, ``pp``, ``tunnel``, ``pp_or_tunnel`` or ``switch``.
        since: ``*`` (every RTX830 revision), a revision such as ``15.02.10``, or ``-`` (not a
            command of the RTX830).
        reference: Section of Yamaha's command reference, or ``seen`` for a command that only
            recorded configurations show.
        forms: The documented forms.
        tags: What else the table says; ``docs/config.md`` lists the names.
        position: Which row it is.
    """

    template: str
    context: str
    since: str
    reference: str
    forms: tuple[str, ...]
    tags: dict[str, str] = field(hash=False)
    position: int

    def __repr__(self) -> str:
        return f"Entry({self.template!r})"

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """The template, word by word."""
        return tuple(map(_slot, self.template.split()))

    @cached_property
    def splits(self) -> bool:
        """Say whether the last word carries the first value too (``set NAME=VALUE``)."""
        return self.slots[-1].splits

    @cached_property
    def free(self) -> bool:
        """Say whether a word of the key may be any text, and so need quotes."""
        return any(slot.free for slot in self.slots)

    @cached_property
    def rank(self) -> tuple[int, int]:
        """How specific the row is: literal words, then words."""
        return sum(slot.literal is not None for slot in self.slots), len(self.slots)

    @cached_property
    def arity(self) -> tuple[int, int | None]:
        """Fewest and most value words (None: no limit) over all forms."""
        found = [counts for form in self.forms if (counts := count_values(form, self.slots))]
        fewest = min((low for low, _ in found), default=0)
        limits = [high for _, high in found if high is not None]
        return fewest, max(limits) if limits and len(limits) == len(found) else None


def _slot(word: str) -> Slot:
    if "{" not in word:
        return Slot(word)
    before, _, rest = word.partition("{")
    inside, _, after = rest.rpartition("}")
    name, _, pattern = inside.partition(":")
    if not pattern:
        pattern = _PATTERNS.get(name) or (_NUMBER if name.endswith(("_num", "_id")) else _ANY)
    verbatim = name in _VERBATIM
    if after == "=":
        return Slot(None, name, r"[^=]+(?:=.*)?", verbatim, free=True, splits=True)
    free = re.fullmatch(pattern, _FREE_TEXT) is not None
    whole = f"{re.escape(before)}(?:{pattern}){re.escape(after)}"
    return Slot(None, name, whole, verbatim, free)


class _Node:
    __slots__ = ("entries", "patterns", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.patterns: list[tuple[Callable[[str], object], _Node]] = []
        self.entries: list[Entry] = []

    def below(self, slot: Slot) -> _Node:
        """Return the node a slot leads to, made when it is not there yet."""
        if slot.literal is not None:
            return self.words.setdefault(slot.literal, _Node())
        fits = _compile(slot.pattern).fullmatch
        for known, node in self.patterns:
            if known == fits:
                return node
        self.patterns.append((fits, _Node()))
        return self.patterns[-1][1]


class Table:
    """The rows as a tree of words, so that finding one costs the length of the line."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self._root = _Node()
        for entry in entries:
            node = self._root
            for slot in entry.slots:
                node = node.below(slot)
            node.entries.append(entry)

    def candidates(self, words: Sequence[str]) -> list[Entry]:
        """Return every row whose template ``words`` begin with, the most specific first."""
        found: list[Entry] = []
        _collect(self._root, words, 0, found)
        if len(found) > 1:
            found.sort(key=lambda entry: entry.rank, reverse=True)
        return found


def _collect(node: _Node, words: Sequence[str], position: int, found: list[Entry]) -> None:
    """Add the rows below ``node``; a word that is a keyword here is not taken for a parameter."""
    while position < len(words):
        found += node.entries
        word = words[position].lower()
        position += 1
        following = node.words.get(word)
        if following is None:
            for fits, other in node.patterns:
                if fits(word):
                    if following is not None:
                        _collect(following, words, position, found)
                    following = other
            if following is None:
                return
        node = following
    found += node.entries


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


@cache
def commands() -> Table:
    """Return the shipped table, read once."""
    text = files(__package__).joinpath("data/commands.tsv").read_text(encoding="utf-8")
    return Table([_entry(row, position) for position, row in enumerate(text.splitlines()[1:])])


def _entry(row: str, position: int) -> Entry:
    template, context, since, reference, forms, tags = row.split("\t")
    pairs = (tag.partition("=") for tag in tags.split(" ") if tag)
    return Entry(
        template,
        context,
        since,
        reference,
        tuple(forms.split("; ")),
        {name: value.replace(",", " ") for name, _, value in pairs},
        position,
    )
