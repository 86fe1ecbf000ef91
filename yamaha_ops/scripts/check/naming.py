"""Names that the router does not have, or that only the router has; bytes that are no ASCII."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yamaha_ops.scripts.check.library import (
    AVAILABLE,
    FILE_METHODS_ABSENT,
    UNLISTED,
    YAMAHA_ONLY,
)
from yamaha_ops.scripts.check.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.scripts.check.structure import Hit, Script


def _members(script: Script) -> Iterator[tuple[Token, str, str]]:
    """Yield ``library.name`` for every use of a library's member."""
    own = {
        script.text(index + 1)
        for index, token in enumerate(script.code)
        if token.text == "local" and script.text(index + 3) != script.text(index + 1)
    }
    for index, token in enumerate(script.code):
        if (
            token.kind is Kind.NAME
            and token.text not in own
            and script.text(index - 1) not in {".", ":"}
            and script.text(index + 1) == "."
        ):
            yield token, token.text, script.text(index + 2)


def absent(script: Script) -> Iterator[Hit]:
    """Find members that a fully listed library does not have."""
    for token, library, name in _members(script):
        if library in AVAILABLE and name not in AVAILABLE[library]:
            yield token, f"{library}.{name}"


def unlisted(script: Script) -> Iterator[Hit]:
    """Find what the list of functions does not mention."""
    for token, library, name in _members(script):
        if library in UNLISTED:
            yield token, f"{library}.{name}"
    for call in script.calls:
        if call.method in FILE_METHODS_ABSENT:
            yield script.code[call.index], f":{call.method}"


def yamaha_syntax(script: Script) -> Iterator[Hit]:
    """Find literals that stock Lua cannot read."""
    for token in script.code:
        if token.kind is Kind.YAMAHA:
            yield token, token.text


def yamaha_functions(script: Script) -> Iterator[Hit]:
    """Find functions that stock Lua lacks."""
    for call in script.calls:
        path = f"string.{call.method}" if call.method else call.path
        if path in YAMAHA_ONLY and not script.functions(call.path):
            yield script.code[call.index], path


def _non_ascii(script: Script, *, comments: bool) -> Iterator[Hit]:
    for token in script.all_tokens:
        if (token.kind is Kind.COMMENT) is comments and not token.text.isascii():
            match = re.search(r"[^\x00-\x7f]", token.text)
            assert match is not None  # noqa: S101 -- not ASCII, says the line above
            above = token.text[: match.start()]
            line = token.line + above.count("\n")
            column = token.column if "\n" not in above else -above.rfind("\n")
            yield (
                Token(token.kind, match[0], line, column + len(above)),
                f"0x{ord(match[0]):02X}",
            )


def non_ascii_code(script: Script) -> Iterator[Hit]:
    """Find bytes that are not ASCII in code and texts."""
    return _non_ascii(script, comments=False)


def non_ascii_comment(script: Script) -> Iterator[Hit]:
    """Find bytes that are not ASCII in comments."""
    return _non_ascii(script, comments=True)
