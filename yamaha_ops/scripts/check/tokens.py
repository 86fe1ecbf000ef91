"""Lua 5.1 in tokens, with the two literals that only Yamaha's Lua has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final


class Kind(Enum):
    """What a token is."""

    COMMENT = auto()
    STRING = auto()
    NUMBER = auto()
    NAME = auto()
    KEYWORD = auto()
    YAMAHA = auto()
    """``$"..."`` or ``/pattern/``."""
    SIGN = auto()
    """An operator or a bracket."""
    OTHER = auto()
    """A byte that begins no token."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token and where it begins (line and column from 1, ``at`` in the source from 0)."""

    kind: Kind
    text: str
    line: int
    column: int
    at: int = 0

    @property
    def value(self) -> str:
        """The text of a string without its quotes; escapes stay as they are written."""
        if self.text[:1] in {'"', "'"}:
            return self.text[1:-1]
        opened = self.text.index("[", 1) + 1
        return self.text[opened:-opened]


KEYWORDS: Final = frozenset(
    {
        *("and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in"),
        *("local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"),
    }
)

_TOKEN: Final = re.compile(
    r"""
      (?P<COMMENT>--\[(?P<deep>=*)\[.*?(?:\](?P=deep)\]|\Z) | --[^\n]*)
    | (?P<STRING>\[(?P<level>=*)\[.*?(?:\](?P=level)\]|\Z)
        | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*')
    | (?P<YAMAHA>\$"(?:\\.|[^"\\\n])*")
    | (?P<NAME>[A-Za-z_]\w*)
    | (?P<NUMBER>0[xX][0-9A-Fa-f]+|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?(?<!\.\.))
    | (?P<SIGN>\.\.\.?|==|~=|<=|>=|[-+*/%^#<>=(){}\[\];:,.])
    | (?P<SPACE>\s+)
    | (?P<OTHER>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_PATTERN: Final = re.compile(r"/(?:\\.|[^/\\\n])+/", re.ASCII)

_OPERAND_ENDS: Final = frozenset({")", "]", "}", "...", "end", "nil", "true", "false"})


def ends_operand(token: Token | None) -> bool:
    """Tell whether a value may end with this token, so that an operator may follow."""
    return token is not None and (
        token.kind in {Kind.NAME, Kind.NUMBER, Kind.STRING, Kind.YAMAHA}
        or token.text in _OPERAND_ENDS
    )


def tokens(source: str) -> list[Token]:
    """Return every token, comments too. Text that is no Lua becomes tokens of kind OTHER."""
    found: list[Token] = []
    last: Token | None = None
    at, line, start = 0, 1, 0
    while match := _TOKEN.match(source, at):
        kind, text = str(match.lastgroup), match[0]
        if text == "/" and not ends_operand(last) and (literal := _PATTERN.match(source, at)):
            # Division needs a value before it; without one this can only be a Yamaha pattern.
            kind, text = "YAMAHA", literal[0]
        if kind == "NAME" and text in KEYWORDS:
            kind = "KEYWORD"
        if kind != "SPACE":
            token = Token(Kind[kind], text, line, at - start + 1, at)
            found.append(token)
            if token.kind is not Kind.COMMENT:
                last = token
        if breaks := text.count("\n"):
            line += breaks
            start = at + text.rindex("\n") + 1
        at += len(text)
    return found
