"""One line, understood: which setting it makes, which it removes, or what else it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from yamaha_ops.config import values
from yamaha_ops.config.errors import ContextMissingError, ParameterError, UnknownCommandError
from yamaha_ops.config.table import Entry, commands
from yamaha_ops.config.words import join, quote, split

if TYPE_CHECKING:
    from collections.abc import Sequence

MASK = "*"
"""What a router prints in place of a secret."""

_CONTEXTS = {
    "pp": ("pp",),
    "tunnel": ("tunnel",),
    "pp_or_tunnel": ("pp", "tunnel"),
    "switch": ("switch",),
}
_RANGE = re.compile(r"(\d+)-(\d+)")
_LONGEST_RANGE = 10_000
_SHORTEST_FILTER = 2
"""Action and source: what a filter line must have (REF 8.1.10)."""
_HOST = re.compile(r"(\d+\.\d+\.\d+\.\d+)/32")


class Key(NamedTuple):
    """What identifies a setting: two lines with the same key replace each other.

    ``context`` is ``""``, ``pp1``, ``tunnel1`` ...; ``words`` begins like the line itself.
    """

    context: str
    words: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a router.

    Attributes:
        key: What identifies it.
        line: The console command that makes it, in the router's own spelling, on one line.
        meaning: ``line`` with everything that does not matter made equal; compare this.
        values: The words behind the key, unquoted, in ``line``'s spelling.
        entry: Its row in the command table.
        number: The line of the source it stands on, from 1; 0 when it came from no source.
        body: The lines of an ``embedded file`` or ``macro`` block, its end word excluded.
        end: The end word of the block.
    """

    key: Key
    line: str
    meaning: str
    values: tuple[str, ...]
    entry: Entry
    number: int = 0
    body: tuple[str, ...] = ()
    end: str = ""

    @property
    def removal(self) -> str:
        """The console command that takes the setting away (REF 1.4)."""
        if "no" in self.entry.tags or "whole" in self.entry.tags:
            return f"no {self.line}"
        return f"no {self.key.words}"

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything to type to make the setting: the line and, for a block, its body."""
        return (self.line, *self.body, self.end) if self.end else (self.line,)

    @property
    def masked(self) -> bool:
        """Say whether the text shows a mask where the value should be."""
        return bool(self.values) and self.values[-1] == MASK


class Kind(Enum):
    """What a line does."""

    NOTHING = auto()
    SET = auto()
    REMOVE = auto()
    SELECT = auto()
    ACT = auto()


@dataclass(frozen=True, slots=True)
class Statement:
    """A line and what it does.

    ``settings`` are made (SET), ``keys`` removed (REMOVE) or switched off by a ``disable`` (ACT);
    ``context`` is the one selected (SELECT).
    """

    kind: Kind
    settings: tuple[Setting, ...] = ()
    keys: tuple[Key, ...] = ()
    context: str = ""
    entry: Entry | None = None


_NOTHING = Statement(Kind.NOTHING)


def read(line: str, context: str = "", number: int = 0) -> Statement:
    """Return what ``line`` does when typed in ``context``.

    Raises:
        UnknownCommandError: No row of the table fits.
        ParameterError: Parameters are missing or too many, or a quote is open.
        ContextMissingError: The command needs another ``pp select`` or ``tunnel select``.
    """
    stripped = line.strip(" \t")
    if not stripped or stripped.startswith("#"):
        return _NOTHING
    words = split(stripped)
    removing = words[0].lower() == "no" and len(words) > 1
    if removing:
        del words[0]
    entry, words = _find(words, removing=removing)
    if "select" in entry.tags:
        return _select(entry, words, removing=removing)
    if "action" in entry.tags:
        return _act(entry, words)
    _require_context(entry, context)
    here = context if entry.context != "global" else ""
    if removing:
        return Statement(Kind.REMOVE, keys=_removed(entry, words, here), entry=entry)
    settings = tuple(_setting(entry, each, here, number) for each in _each(entry, words))
    return Statement(Kind.SET, settings, entry=entry)


def _find(words: list[str], *, removing: bool) -> tuple[Entry, list[str]]:
    """Choose the row that means ``words``: the most specific one whose parameters are all there."""
    words = _options_last(words)
    found = commands().candidates(words)
    if not found:
        problem = _unknown(words)
        raise problem
    if removing:
        return found[0], words
    for entry in found:
        fewest, most = entry.arity
        count = len(words) - len(entry.slots) + entry.splits
        if count >= fewest and (most is None or count <= most):
            return entry, words
    entry = found[0]
    form = " | ".join(entry.forms)
    raise ParameterError(
        f"'{entry.template}' has too few or too many parameters", hint=f"form: {form}"
    )


def _unknown(words: Sequence[str]) -> UnknownCommandError | ParameterError:
    shown = " ".join(words[:3])
    return UnknownCommandError(f"'{shown}' is not a command this table knows")


def _options_last(words: list[str]) -> list[str]:
    """Move ``-b``, ``-v`` and ``-x`` of a block command behind its name, where the key ends."""
    head = {"embedded": 2, "macro": 1}.get(words[0].lower(), 0)
    if not head:
        return words
    options = [word for word in words[head:] if word.startswith("-")]
    return words[:head] + [word for word in words[head:] if not word.startswith("-")] + options


def _select(entry: Entry, words: Sequence[str], *, removing: bool) -> Statement:
    kind = entry.tags["select"]
    target = [spelled.lower() for spelled in words[len(entry.slots) :]]
    if removing or target == ["none"]:
        return Statement(Kind.SELECT, entry=entry)
    if not target:
        raise ParameterError(f"'{entry.template}' needs a number, or none")
    return Statement(Kind.SELECT, context=kind + target[0], entry=entry)


def _act(entry: Entry, words: Sequence[str]) -> Statement:
    disabled = entry.tags.get("disables", "")
    keys = tuple(Key("", f"{disabled} {word}") for word in _numbers(words[2:])) if disabled else ()
    return Statement(Kind.ACT, keys=keys, entry=entry)


def _require_context(entry: Entry, context: str) -> None:
    if entry.context != "global" and not context.startswith(_CONTEXTS[entry.context]):
        wanted = " or ".join(f"'{name} select'" for name in _CONTEXTS[entry.context])
        raise ContextMissingError(f"'{entry.template}' needs {wanted} first")


def _each(entry: Entry, words: list[str]) -> list[list[str]]:
    """Return one list of words for each number of ``tunnel enable 1 2 5-7``."""
    if "each" not in entry.tags:
        return [words]
    return [[*words[:2], number] for number in _numbers(words[2:])]


def _numbers(words: Sequence[str]) -> list[str]:
    numbers: list[str] = []
    for word in words:
        span = _RANGE.fullmatch(word)
        if span and 0 <= int(span[2]) - int(span[1]) < _LONGEST_RANGE:
            numbers += map(str, range(int(span[1]), int(span[2]) + 1))
        else:
            numbers.append(word.lower())
    return numbers


def _removed(entry: Entry, words: list[str], context: str) -> tuple[Key, ...]:
    if "whole" in entry.tags:
        return (_setting(entry, words, context, 0).key,)
    return tuple(Key(context, _key_words(entry, each)[0]) for each in _each(entry, words))


def _key_words(entry: Entry, words: list[str]) -> tuple[str, list[str]]:
    """Return the spelled key and the words behind it."""
    key: list[str] = []
    rest = words[len(entry.slots) :]
    host = "host32" in entry.tags
    for slot, word in zip(entry.slots, words, strict=False):
        if slot.literal is not None:
            key.append(slot.literal)
        elif slot.verbatim:
            key.append(quote(word))
        else:
            key.append(
                quote(_without_host_mask(values.spell(word)) if host else values.spell(word))
            )
    if entry.splits:
        name, _, value = words[len(entry.slots) - 1].partition("=")
        key[-1] = name
        rest = [value, *rest]
    return " ".join(key), rest


def _setting(entry: Entry, words: list[str], context: str, number: int) -> Setting:
    tags = entry.tags
    key_words, rest = _key_words(entry, words)
    if "text" not in tags:
        rest = [values.spell(word) for word in rest]
    elif "schedule" in tags:
        rest = values.spell_schedule(rest)
    between = "=" if entry.splits else " "
    line = f"{key_words}{between}{join(rest)}" if rest else key_words
    meaning = line
    if rest and tags:
        essence = _essence(tags, rest)
        meaning = line if essence == rest else f"{key_words}{between}{join(essence)}"
    key = Key(context, meaning if "whole" in tags else key_words)
    return Setting(key, line, meaning, tuple(rest), entry, number)


def _essence(tags: dict[str, str], words: list[str]) -> list[str]:
    """Return ``words`` with what does not matter made equal: order of sets, trailing ``*`` ..."""
    if "schedule" in tags:
        return [words[0].lower(), *words[1:]]
    if "set" in tags:
        return sorted(words)
    if "host32" in tags:
        words = [_without_host_mask(word) for word in words]
    if "commas" in tags:
        words = [",".join(sorted(set(word.split(",")))) if "," in word else word for word in words]
    if "tail" in tags:
        last = len(words)
        while last > _SHORTEST_FILTER and words[last - 1] == tags["tail"]:
            last -= 1
        words = words[:last]
    if "text" not in tags or "options" in tags:
        words = _sort_options(words)
    return words


def _without_host_mask(word: str) -> str:
    """Take ``/32`` off: it is the mask of an address without one (REF 8.1.7, 8.1.10)."""
    return host[1] if word.endswith("/32") and (host := _HOST.fullmatch(word)) else word


def _sort_options(words: list[str]) -> list[str]:
    """Sort each run of neighbouring ``name=value`` words: the router reads them in any order."""
    result: list[str] = []
    run: list[str] = []
    for word in words:
        if "=" in word:
            run.append(word)
            continue
        result += sorted(run)
        run.clear()
        result.append(word)
    return result + sorted(run)
