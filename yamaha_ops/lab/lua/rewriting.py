"""From the router's Lua to stock Lua 5.1: integers only, ``$"${x}"`` and ``/re/``.

Stock Lua computes with doubles, and a number's operators cannot be replaced. So every ``a + b`` of
a script becomes ``(_lab.i(a + b))`` before it is loaded: the operator itself stays, and with it
Lua's own error messages and metamethods; only its result is looked at. Text is added within lines,
so that line numbers stay right.
"""

from __future__ import annotations

from typing import Final

from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.lua.walk import Walk
from yamaha_ops.scripts.check.tokens import Kind, Token, tokens

FIDELITY: Final = (
    recorded("A numeral with a point or an exponent is a malformed number", "routemon"),
    recorded(
        "Integers beyond 32 bits (BIGNUM) in numerals, sums and products: nothing wraps",
        "routemon's SHA-256, right on an RTX830; Yamaha's Lua pages",
    ),
    assumed("Numbers end at 14 digits with an error", "a BIGNUM has no end; doubles have"),
    recorded('`$"${x}"` puts the values of expressions into a text', "rtx-luahttpd"),
    assumed("`${x}` writes what `tostring` does", "seen with numbers and strings only"),
    assumed("A first line that begins with `#` is left out", "published scripts have one"),
)

DIGITS: Final = 14
"""As many a double prints without an exponent."""
LARGEST: Final = 10**DIGITS - 1
HEAD: Final = "local _lab=(true)._lab;"
"""Booleans answer for the lab: no environment that a script sets can hide it (``prelude.lua``)."""


class SourceError(Exception):
    """A script that the router does not read; the text is the router's."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def stock(source: str) -> str:
    """Return a script without what only Yamaha's Lua reads; stock Lua judges its grammar.

    Raises:
        SourceError: It holds a number that is no integer.
    """
    if source.startswith("#"):
        source = "--" + source
    pieces: list[str] = []
    done = 0
    for token in tokens(source):
        if token.kind is Kind.NUMBER:
            _check_number(token)
        elif token.kind is Kind.YAMAHA:
            pieces += source[done : token.at], _without_yamaha(token)
            done = token.at + len(token.text)
    return "".join(pieces) + source[done:]


def integral(source: str) -> str:
    """Return a script of sound grammar with every arithmetic result made an integer."""
    return HEAD + Walk(source).rewritten()


def _check_number(token: Token) -> None:
    text = token.text.lower()
    if text.startswith("0x"):
        value = int(text, 16)
    elif set(text) & set(".e"):
        raise SourceError(token.line, f"malformed number near '{token.text}'")
    else:
        value = int(text)
    if value > LARGEST:
        raise SourceError(
            token.line, f"the lab has no number of more than {DIGITS} digits near '{token.text}'"
        )


def _without_yamaha(token: Token) -> str:
    if token.text.startswith("/"):
        body = token.text[1:-1].replace("\\/", "/").replace("\\", "\\\\").replace('"', '\\"')
        return f'((true)._lab.regexp("{body}"))'
    parts: list[str] = []
    text, rest = "", token.text[2:-1]
    while rest:
        if rest.startswith("${") and (end := _closing(rest)):
            inside = rest[2:end].replace('\\"', '"')
            parts += f'"{text}"', f"({inside})"
            text, rest = "", rest[end + 1 :]
        else:
            length = 2 if rest.startswith("\\") else 1
            text, rest = text + rest[:length], rest[length:]
    parts.append(f'"{text}"')
    return f"((true)._lab.s({', '.join(parts)}))"


def _closing(text: str) -> int:
    """Return where the brace of ``${`` closes, or 0."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if character == "}" and depth == 0:
            return index
    return 0
