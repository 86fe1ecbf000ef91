"""Help: ``?`` while typing, ``help``, ``show command``."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NamedTuple

from yamaha_ops.config.table import commands
from yamaha_ops.lab.console.screen import right
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.shell import OPERATIONS, load_operations, operation
from yamaha_ops.lab.values import choices
from yamaha_ops.lab.view import split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.table import Entry
    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded(
        "`COMMAND ?`: `入力形式：`, values, `説明：`, `デフォルト値：`", "RTX830/lua_use_help"
    ),
    assumed("The English labels; ranges as `80..200`; several defaults in one row", "unseen"),
    assumed(
        "Explanations are the lab's own words, for some commands; parameters keep the names of the "
        "command reference",
        "only those of `lua use` were seen",
    ),
    assumed("`?` after an unfinished command lists the words that may follow", "no recording"),
    documented("`show command` lists commands", "REF 2.1"),
)

CELL: Final = 15
"""Where everything but the labels begins."""


class Explanation(NamedTuple):
    """What the lab knows to say of a command.

    Attributes:
        names: Parameters by their names in the reference, to those on the console.
    """

    ja: str
    en: str
    names: dict[str, str]


@cache
def _explanations() -> dict[str, Explanation]:
    text = files("yamaha_ops.lab").joinpath("data/help.tsv").read_text(encoding="utf-8")
    found = {}
    for row in text.splitlines()[1:]:
        command, ja, en, names = row.split("\t")
        pairs = (pair.partition("=") for pair in names.split())
        found[command] = Explanation(ja, en, {name: shown for name, _, shown in pairs})
    return found


def usage(caller: Caller, typed: str) -> Iterator[str]:
    """Yield what ``?`` shows after the words typed so far."""
    load_operations()
    words = tuple(word.lower() for word in split(typed))
    entry = _named(words)
    if entry is None:
        following = sorted({shown for shown, _ in _following(words)})
        yield from following or [caller.say("No help", "該当するコマンドはありません")]
        return
    told = _explanations().get(entry.template, Explanation("", "", {}))
    label = right(caller.say("Format: ", "入力形式： "), CELL)
    for form in entry.forms:
        yield label + " ".join(told.names.get(word, word) for word in form.split())
        label = " " * CELL
    known = choices(entry).values()
    for choice in known:
        values = [f"{low}..{high}" for low, high in choice.spans]
        values += [f"'{word}'" for word in choice.words]
        yield f"{' ' * CELL}{told.names.get(choice.name, choice.name)} = {' or '.join(values)}"
    if told.ja:
        yield caller.say(right("Explanation: ", CELL), "　    　説明： ") + caller.say(
            told.en, told.ja
        )
    defaults = [choice for choice in known if choice.default]
    if defaults:
        shown = defaults[0].default
        if len(defaults) > 1:
            shown = ", ".join(f"{choice.name}={choice.default}" for choice in defaults)
        yield right(caller.say("Default: ", "デフォルト値： "), CELL) + shown


def completion(typed: str) -> str:
    """Return what TAB adds to the words typed so far: the rest of a word, if only one fits."""
    load_operations()
    words = tuple(word.lower() for word in split(typed))
    if not words or typed.endswith(" "):
        return ""
    *before, begun = words
    fitting = {
        shown for shown, literal in _following(tuple(before)) if literal and shown.startswith(begun)
    }
    return fitting.pop()[len(begun) :] + " " if len(fitting) == 1 else ""


def _named(words: Words) -> Entry | None:
    """Return the setting that the words name in full, or all but for parameters of its key."""
    found = [entry for entry in commands().candidates(words) if entry.since != "-"]
    if not found and words:
        found = [
            entry
            for entry in _settings()
            if _begins(entry, words) and not any(s.literal for s in entry.slots[len(words) :])
        ]
    return found[0] if found else None


def _settings() -> Iterator[Entry]:
    return (entry for entry in commands().entries if entry.since != "-")


def _following(words: Words) -> Iterator[tuple[str, bool]]:
    """Yield what may come next, and whether it is a keyword."""
    for name in OPERATIONS:
        if len(name) > len(words) and name[: len(words)] == words:
            yield name[len(words)], True
    for entry in _settings():
        if len(entry.slots) > len(words) and _begins(entry, words):
            slot = entry.slots[len(words)]
            yield slot.literal or slot.name, slot.literal is not None


def _begins(entry: Entry, words: Words) -> bool:
    """Tell whether words begin the key of a setting."""
    return all(
        slot.literal == word
        if slot.literal is not None
        else re.fullmatch(slot.pattern, word, re.IGNORECASE)
        for slot, word in zip(entry.slots, words, strict=False)
    )


@operation("help", administrator=False)
def help_keys(caller: Caller, words: Words) -> Iterator[str]:
    """Explain the keys."""
    del words
    yield caller.say("? : help   TAB : completion", "? : ヘルプ   TAB : 補完")
    yield caller.say("show command : list of commands", "show command : コマンド一覧")


@operation("show command", administrator=False)
def show_command(caller: Caller, words: Words) -> Iterator[str]:
    """List every command the firmware knows."""
    del caller, words
    settings = (" ".join(slot.literal or slot.name for slot in each.slots) for each in _settings())
    yield from sorted({*map(" ".join, OPERATIONS), *settings})
