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
    assumed(
        "`string.regexp(text)` makes what `/re/` is; `find`, `match`, `gmatch`, `gsub`, `split` "
        "and `rt.syslogwatch` take it for a pattern; its language is Python's",
        "only the names are known",
    ),
    assumed("A separator is a pattern; without one blanks separate", "seen with `:` only"),
)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def problem(pattern: str) -> str | None:
    """Return what is wrong with a regular expression, or None."""
    try:
        _compiled(pattern)
    except re.error as error:
        return f"malformed regular expression ({error})"
    return None


def search(pattern: str, text: str, start: int) -> tuple[Any, ...]:
    """Return first and last position (from 1) and the captures, or nothing."""
    found = _compiled(pattern).search(text, int(start) - 1)
    return (None,) if found is None else (found.start() + 1, found.end(), *found.groups())


def tester(pattern: str) -> Callable[[str], bool]:
    """Return a test for lines that a regular expression finds."""
    return lambda line: _compiled(pattern).search(line) is not None
