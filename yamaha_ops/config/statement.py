"""One line, understood: which setting it makes, which it removes, or what else it does."""

from __future__ import annotations

import re
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from yamaha_ops.config import values
from yamaha_ops.config.errors import ContextMissingError, ParameterError, UnknownCommandError
from yamaha_ops.config.setting import Key, Setting
from yamaha_ops.config.table import Entry, commands
from yamaha_ops.config.words import is_spelled, join, split

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONTEXTS = {
    "pp": ("pp",),
    "tunnel": ("tunnel",),
    "pp_or_tunnel": ("pp", "tunnel"),
    "switch": ("switch",),
}
_RANGE = re.compile(r"all|anonymous|(\d+)(?:-(\d+))?|\d+-|-\d+")
_ANYTHING = re.compile(r".+")
_SELECTABLE = {"pp": re.compile(r"\d+|anonymous"), "tunnel": re.compile(r"\d+")}
_BLOCK_HEADS = {"embedded": 2, "macro": 1}
"""First words of the commands that open a block, and how many words stand before its name."""
_LONGEST_RANGE = 10_000
_SHORTEST_FILTER = 2
"""Action and source: what a filter line must have (REF 8.1.10)."""
_HOST = re.compile(r"(\d+\.\d+\.\d+\.\d+)/32")


class Kind(Enum):
    """What a line does."""

    NOTHING = auto()
    SET = auto()
    REMOVE = auto()
    SELECT = auto()
    ACT = auto()


class Statement(NamedTuple):
    """What a line does that does not just make one setting.

    ``settings`` are made (SET); the settings of ``keys`` are removed (REMOVE) or switched off by a
    ``disable`` (ACT); ``context`` is selected (SELECT). Their contexts are left open.
    """

    kind: Kind
    entry: Entry | None = None
    settings: tuple[Setting, ...] = ()
    keys: tuple[str, ...] = ()
    context: str = ""


_NOTHING = Statement(Kind.NOTHING)


@lru_cache(maxsize=1 << 16)
def read(line: str) -> Setting | Statement:
    """Return what ``line`` does: the setting that it makes, or anything else that it says.

    Configurations, and the tunnels in one, share many lines, so the answers are remembered.

    Raises:
        UnknownCommandError: No row of the table fits.
        ParameterError: Parameters are missing or too many, or a quote is open.
    """
    stripped = line.strip(" ")
    spelled = stripped if is_spelled(stripped) else ""
    words = spelled.split(" ") if spelled else split(line)
    if not words:
        return _NOTHING
    removing = words[0].lower() == "no" and len(words) > 1
    if removing:
        del words[0]
    entry, words = _find(words, removing=removing)
    tags = entry.tags
    if "select" in tags:
        return _select(entry, words, removing=removing)
    if "action" in tags:
        return _act(entry, words)
    if removing:
        return Statement(Kind.REMOVE, entry, keys=_removed(entry, words))
    if "each" not in tags:
        return _setting(entry, words, spelled)
    return Statement(Kind.SET, entry, tuple(_setting(entry, each) for each in _each(entry, words)))


def require_context(entry: Entry, context: str) -> None:
    """Refuse a row in a context it has no meaning in.

    Raises:
        ContextMissingError: It needs another ``pp select`` or ``tunnel select``.
    """
    if not context.startswith(_CONTEXTS[entry.context]):
        wanted = " or ".join(f"'{name} select'" for name in _CONTEXTS[entry.context])
        raise ContextMissingError(f"'{entry.template}' needs {wanted} first")


def _find(words: list[str], *, removing: bool) -> tuple[Entry, list[str]]:
    """Choose the row that means ``words``: the most specific one whose parameters are all there.

    A row with fewer keywords is never taken instead: ``sshd host key generate`` with a parameter
    too many is no ``sshd host``.
    """
    if words[0].lower() in _BLOCK_HEADS:
        words = _options_last(words)
    found = commands().candidates(words)
    if not found:
        shown = " ".join(words[:3])
        raise UnknownCommandError(f"'{shown}' is not a command this table knows")
    if removing:
        return found[0], words
    for entry in found:
        if entry.rank[0] < found[0].rank[0]:
            break
        fewest, most = entry.arity
        count = len(words) - len(entry.slots) + entry.splits
        if count >= fewest and (most is None or count <= most):
            return entry, words
    entry = found[0]
    form = " | ".join(entry.forms)
    raise ParameterError(
        f"'{entry.template}' has too few or too many parameters", hint=f"form: {form}"
    )


def _options_last(words: list[str]) -> list[str]:
    """Move ``-b``, ``-v`` and ``-x`` of a block command behind its name, where the key ends."""
    head = _BLOCK_HEADS[words[0].lower()]
    options = [word for word in words[head:] if word.startswith("-")]
    return words[:head] + [word for word in words[head:] if not word.startswith("-")] + options


def _select(entry: Entry, words: Sequence[str], *, removing: bool) -> Statement:
    kind = entry.tags["select"]
    target = "" if removing else words[len(entry.slots)].lower()
    if target in {"", "none"}:
        return Statement(Kind.SELECT, entry)
    if not _SELECTABLE.get(kind, _ANYTHING).fullmatch(target):
        raise ParameterError(f"'{target}' cannot be selected: a number, or none")
    return Statement(Kind.SELECT, entry, context=kind + target)


def _act(entry: Entry, words: Sequence[str]) -> Statement:
    disabled = entry.tags.get("disables")
    keys = tuple(f"{disabled} {number}" for number in _numbers(words[2:])) if disabled else ()
    return Statement(Kind.ACT, entry, keys=keys)


def _each(entry: Entry, words: list[str]) -> list[list[str]]:
    """Return one list of words for each number of ``tunnel enable 1 2 5-7``."""
    if "each" not in entry.tags:
        return [words]
    return [[*words[:2], number] for number in _numbers(words[2:])]


def _numbers(words: Sequence[str]) -> list[str]:
    numbers: list[str] = []
    for word in map(str.lower, words):
        span = _RANGE.fullmatch(word)
        if span is None:
            raise ParameterError(f"'{word}' is not the number of a PP or tunnel")
        if not span[2]:
            numbers.append(word)
        elif 0 <= int(span[2]) - int(span[1]) < _LONGEST_RANGE:
            numbers += map(str, range(int(span[1]), int(span[2]) + 1))
        else:
            raise ParameterError(f"'{word}' is no range of numbers")
    return numbers


def _removed(entry: Entry, words: list[str]) -> tuple[str, ...]:
    if "whole" in entry.tags:
        return (_setting(entry, words).key.words,)
    return tuple(join(_key(entry, each)) for each in _each(entry, words))


def _key(entry: Entry, words: list[str]) -> list[str]:
    """Return the words of the key, spelled."""
    key = [
        slot.literal or (word if slot.verbatim else values.spell(word))
        for slot, word in zip(entry.slots, words, strict=False)
    ]
    if "host32" in entry.tags and key[-1].endswith("/32"):
        key[-1] = _without_host_mask(key[-1])
    if entry.splits:
        key[-1] = words[len(key) - 1].partition("=")[0]
    return key


def _setting(entry: Entry, words: list[str], spelled: str = "") -> Setting:
    """Make the setting that ``words`` say; ``spelled`` is their line if it needs no respelling."""
    tags = entry.tags
    if spelled and not ("schedule" in tags or entry.splits):
        rest = words[len(entry.slots) :]
        key_words = " ".join(words[: len(entry.slots)])
        line = meaning = spelled
    else:
        key = _key(entry, words)
        rest = _values(entry, words)
        key_words = join(key) if entry.free else " ".join(key)
        line = meaning = _line(entry, key_words, rest)
    if rest and tags:
        essence = _essence(tags, rest, line)
        if essence is not rest:
            meaning = _line(entry, key_words, essence)
    return Setting(Key("", meaning if "whole" in tags else key_words), line, meaning, entry)


def _values(entry: Entry, words: list[str]) -> list[str]:
    """Return the words behind the key, spelled."""
    rest = words[len(entry.slots) :]
    if "text" not in entry.tags:
        return values.spell_all(rest)
    if "schedule" in entry.tags:
        return values.spell_schedule(rest)
    if entry.splits:
        rest.insert(0, words[len(entry.slots) - 1].partition("=")[2])
    return rest


def _line(entry: Entry, key: str, rest: list[str]) -> str:
    if not rest:
        return key
    return f"{key}{'=' if entry.splits else ' '}{join(rest)}"


def _essence(tags: dict[str, str], words: list[str], line: str) -> list[str]:
    """Return ``words`` with what does not matter made equal: order of sets, trailing ``*`` ..."""
    if "schedule" in tags:
        return [words[0].lower(), *words[1:]]
    if "set" in tags:
        return sorted(words)
    if "/32" in line and "host32" in tags:
        words = [_without_host_mask(word) for word in words]
    if "," in line and "commas" in tags:
        words = [",".join(sorted(set(word.split(",")))) if "," in word else word for word in words]
    if line.endswith("*") and "tail" in tags:
        last = len(words)
        while last > _SHORTEST_FILTER and words[last - 1] == tags["tail"]:
            last -= 1
        words = words[:last]
    if "=" in line and ("text" not in tags or "options" in tags):
        words = _sort_options(words)
    return words


def _without_host_mask(word: str) -> str:
    """Take ``/32`` off: it is the mask of an address without one (REF 8.1.7, 8.1.10)."""
    return host[1] if (host := _HOST.fullmatch(word)) else word


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
