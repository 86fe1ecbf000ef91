"""Help: ``?`` while typing, ``help``, ``show command``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.config.table import commands
from yamaha_ops.lab.console.screen import right
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.shell import OPERATIONS, load_operations, operation
from yamaha_ops.lab.view import split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("`COMMAND ?` prints `入力形式： FORM`, one a row", "RTX830/lua_use_help"),
    assumed(
        "The English label `Format: `; no explanation and no default", "ja layout recorded only"
    ),
    assumed("`?` after an unfinished command lists the words that may follow", "no recording"),
    documented("`show command` lists commands", "REF 2.1"),
)

LABEL: Final = 16


def usage(caller: Caller, typed: str) -> Iterator[str]:
    """Yield what ``?`` shows after the words typed so far."""
    load_operations()
    words = tuple(word.lower() for word in split(typed))
    forms = list(_forms(words))
    if not forms:
        following = sorted({name[len(words)] for name in _names() if _leads(words, name)})
        yield from following or [caller.say("No help", "該当するコマンドはありません")]
        return
    label = right(caller.say("Format: ", "入力形式： "), LABEL)
    for form in forms:
        yield label + form
        label = " " * LABEL


def completion(typed: str) -> str:
    """Return what TAB adds to the words typed so far: the rest of a word, if only one fits."""
    load_operations()
    words = tuple(word.lower() for word in split(typed))
    if not words or typed.endswith(" "):
        return ""
    *before, begun = words
    fitting = {
        name[len(before)]
        for name in _names()
        if _leads(tuple(before), name) and name[len(before)].startswith(begun)
    }
    return fitting.pop()[len(begun) :] + " " if len(fitting) == 1 else ""


def _forms(words: Words) -> Iterable[str]:
    """Return the documented forms of the setting that the words name in full."""
    found = [entry for entry in commands().candidates(words) if entry.since != "-"]
    return found[0].forms if found else ()


def _names() -> Iterator[Words]:
    yield from OPERATIONS
    for entry in commands().entries:
        if entry.since != "-":
            yield tuple(entry.template.split())


def _leads(words: Words, name: Words) -> bool:
    return len(name) > len(words) and name[: len(words)] == words


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
    yield from sorted({" ".join(name) for name in _names()})
