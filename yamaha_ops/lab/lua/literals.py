"""Numbers the router's Lua does not read: it has integers only."""

from __future__ import annotations

import re
from typing import Final

_TOKENS: Final = re.compile(
    r"""
      --\[(?P<deep>=*)\[.*?\](?P=deep)\]      # long comment
    | --[^\n]*                                # comment
    | \[(?P<level>=*)\[.*?\](?P=level)\]      # long string
    | "(?:\\.|[^"\\\n])*"
    | '(?:\\.|[^'\\\n])*'
    | [A-Za-z_]\w*
    | (?P<number>0[xX][0-9A-Fa-f]+|\d+\.\d+(?:[eE][+-]?\d+)?|\d+\.(?!\.)|\.\d+|\d+(?:[eE][+-]?\d+)?)
    """,
    re.VERBOSE | re.DOTALL,
)


def malformed(source: str) -> tuple[int, str] | None:
    """Return line and text of the first decimal literal, or None."""
    for match in _TOKENS.finditer(source):
        number = match["number"]
        if number and number[:2].lower() != "0x" and set(number) & set(".eE"):
            return source.count("\n", 0, match.start()) + 1, number
    return None
