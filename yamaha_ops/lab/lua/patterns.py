"""Regular expressions of Yamaha's Lua: ``/re/`` and ``string.regexp``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded

if TYPE_CHECKING:
    from collections.abc import Callable

FIDELITY: Final = (
    documented("`string.regexp`, `string.split`, `each`, `/re/` are there", "Yamaha's Lua pages"),
    recorded(
        "`string.split(text, separator, times)` returns the pieces one by one", "rtx-luahttpd"
    ),
    recorded(
        "`string.match(text, /re/)` with captures, `\\d`, `\\s`, Japanese in Shift_JIS",
        "rtx1200_exporter",
    ),
    assumed(
        "`string.regexp(text)` makes what `/re/` is; `find`, `match`, `gmatch`, `gsub`, `split` "
        "and `rt.syslogwatch` take it for a pattern; its language is Python's",
        "only the names are known",
    ),
    assumed("A separator is a pattern; without one blanks separate", "seen with `:` only"),
)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_text(pattern))


def _text(raw: str) -> str:
    """Return Shift_JIS bytes, one a character, as text: half of a character is no `[`."""
    data = raw.encode("latin-1")
    text = data.decode("cp932", "surrogateescape")
    return text if text.encode("cp932", "surrogateescape") == data else raw


def _raw(text: str) -> str:
    return text.encode("cp932", "surrogateescape").decode("latin-1")


def problem(pattern: str) -> str | None:
    """Return what is wrong with a regular expression, or None."""
    try:
        _compiled(pattern)
    except re.error as error:
        return f"malformed regular expression ({error})"
    return None


def search(pattern: str, text: str, start: int) -> tuple[Any, ...]:
    """Return first and last byte (from 1) and the captures, or nothing."""
    before, rest = text[: int(start) - 1], text[int(start) - 1 :]
    found = _compiled(pattern).search(_text(rest))
    if found is None:
        return (None,)
    if found.string == rest:
        # No character takes two bytes, or no text in Shift_JIS.
        return (len(before) + found.start() + 1, len(before) + found.end(), *found.groups())
    first = len(before) + len(_raw(found.string[: found.start()]))
    captures = (each if each is None else _raw(each) for each in found.groups())
    return (first + 1, first + len(_raw(found[0])), *captures)


def tester(pattern: str) -> Callable[[str], bool]:
    """Return a test for lines of text that a regular expression finds."""
    return lambda line: _compiled(pattern).search(line) is not None
