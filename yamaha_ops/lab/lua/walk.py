"""Lua 5.1's grammar, walked once: where arithmetic expressions begin and end.

The script has passed stock Lua, so nothing is checked here again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.scripts.check.tokens import Kind, tokens

if TYPE_CHECKING:
    from collections.abc import Callable

_UNARY: Final = 8
_BINARY: Final = {
    "or": (1, 1),
    "and": (2, 2),
    **dict.fromkeys(("<", ">", "<=", ">=", "~=", "=="), (3, 3)),
    "..": (5, 4),
    **dict.fromkeys("+-", (6, 6)),
    **dict.fromkeys("*/%", (7, 7)),
    "^": (10, 9),
}
"""Binding to the left and to the right, as in Lua's reference manual (section 2.5.6)."""
_WRAPS: Final = {**dict.fromkeys("+-*", "i"), "%": "m", "/": "q", "^": "p"}
_BLOCK_ENDS: Final = frozenset({"", "else", "elseif", "end", "until"})


class Walk:
    """Walks over a script by Lua's grammar and notes what to add before and behind expressions."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._tokens = [t for t in tokens(source) if t.kind is not Kind.COMMENT]
        self._before: dict[int, str] = {}
        self._behind: dict[int, str] = {}
        self._at = 0
        self._statements: dict[str, Callable[[], None]] = {
            "if": self._if,
            "while": self._while,
            "do": self._closed_block,
            "repeat": self._repeat,
            "for": self._for,
            "function": self._function,
            "local": self._local,
            "return": self._return,
            "break": self._nothing,
            ";": self._nothing,
        }

    def rewritten(self) -> str:
        """Return the script with what was noted."""
        self._block()
        pieces: list[str] = []
        done = 0
        for index, token in enumerate(self._tokens):
            end = token.at + len(token.text)
            pieces += self._source[done : token.at], self._before.get(index, "")
            pieces += token.text, self._behind.get(index, "")
            done = end
        return "".join(pieces) + self._source[done:]

    # --- tokens ------------------------------------------------------------------------------

    def _text(self, ahead: int = 0) -> str:
        index = self._at + ahead
        return self._tokens[index].text if index < len(self._tokens) else ""

    def _take(self, *texts: str) -> bool:
        """Go past the next token if it is one of these."""
        if self._at < len(self._tokens) and self._text() in texts:
            self._at += 1
            return True
        return False

    # --- statements --------------------------------------------------------------------------

    def _block(self) -> None:
        while self._text() not in _BLOCK_ENDS:
            self._statement()

    def _closed_block(self) -> None:
        self._block()
        self._take("end")

    def _statement(self) -> None:
        word = self._text()
        act = self._statements.get(word)
        if word == "local" and self._text(1) == "function":
            self._at += 1
            act = self._statements["function"]
        if act is None:
            self._assignment_or_call()
        else:
            self._at += 1
            act()

    def _if(self) -> None:
        while True:
            self._expression()
            self._take("then")
            self._block()
            if not self._take("elseif"):
                break
        self._take("else")
        self._closed_block()

    def _while(self) -> None:
        self._expression()
        self._take("do")
        self._closed_block()

    def _repeat(self) -> None:
        self._block()
        self._take("until")
        self._expression()

    def _for(self) -> None:
        self._names()
        self._take("=", "in")
        self._expressions()
        self._take("do")
        self._closed_block()

    def _function(self) -> None:
        self._at += 1
        while self._take(".", ":"):
            self._at += 1
        self._body()

    def _local(self) -> None:
        self._names()
        if self._take("="):
            self._expressions()

    def _return(self) -> None:
        if self._text() not in _BLOCK_ENDS | {";"}:
            self._expressions()

    def _nothing(self) -> None:
        """``break`` and ``;`` are one word long."""

    def _names(self) -> None:
        self._at += 1
        while self._take(","):
            self._at += 1

    def _assignment_or_call(self) -> None:
        self._primary()
        while self._take(","):
            self._primary()
        if self._take("="):
            self._expressions()

    def _body(self) -> None:
        self._take("(")
        while not self._take(")"):
            self._at += 1
        self._closed_block()

    # --- expressions -------------------------------------------------------------------------

    def _expressions(self) -> None:
        self._expression()
        while self._take(","):
            self._expression()

    def _expression(self, limit: int = 0) -> None:
        start = self._at
        if self._take("-", "not", "#"):
            self._expression(_UNARY)
        else:
            self._simple()
        while (sign := self._text()) in _BINARY and _BINARY[sign][0] > limit:
            self._at += 1
            self._expression(_BINARY[sign][1])
            if sign in _WRAPS:
                last = self._at - 1
                # What is around is noted after what is inside, and goes farther out. The outer
                # brackets keep a `return` from losing its place in error messages (a tail call).
                self._before[start] = f"(_lab.{_WRAPS[sign]}(" + self._before.get(start, "")
                self._behind[last] = self._behind.get(last, "") + "))"

    def _simple(self) -> None:
        if self._text() == "{":
            self._table()
        elif self._take("function"):
            self._body()
        elif self._text() == "(" or self._tokens[self._at].kind is Kind.NAME:
            self._primary()
        else:
            self._at += 1

    def _primary(self) -> None:
        if self._take("("):
            self._expression()
            self._take(")")
        else:
            self._at += 1
        while self._at < len(self._tokens):
            if self._take(".", ":"):
                self._at += 1
            elif self._take("["):
                self._expression()
                self._take("]")
            elif self._take("("):
                if not self._take(")"):
                    self._expressions()
                    self._take(")")
            elif self._text() == "{":
                self._table()
            elif self._tokens[self._at].kind is Kind.STRING:
                self._at += 1
            else:
                return

    def _table(self) -> None:
        self._take("{")
        while not self._take("}"):
            if self._take("["):
                self._expression()
                self._take("]")
                self._take("=")
            elif self._text(1) == "=":
                self._at += 2
            self._expression()
            self._take(",", ";")
