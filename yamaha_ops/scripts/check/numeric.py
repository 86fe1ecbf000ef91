"""Numbers and operators that give integers on a PC only by chance, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.scripts.check.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.scripts.check.structure import Hit, Script
    from yamaha_ops.scripts.check.tokens import Token

LARGEST: Final = 2147483647
"""The largest integer of the router's 32 bits."""


def _numbers(script: Script) -> Iterator[tuple[int, Token]]:
    for index, token in enumerate(script.code):
        if token.kind is Kind.NUMBER:
            yield index, token


def _is_decimal(text: str) -> bool:
    return text[:2].lower() != "0x" and bool(set(text) & set(".eE"))


def decimal(script: Script) -> Iterator[Hit]:
    """Find decimal numbers."""
    return ((token, token.text) for _, token in _numbers(script) if _is_decimal(token.text))


def large_number(script: Script) -> Iterator[Hit]:
    """Find integers beyond 32 bits."""
    for _, token in _numbers(script):
        if not _is_decimal(token.text) and int(
            token.text, 0 if "x" in token.text.lower() else 10
        ) > (LARGEST):
            yield token, token.text


def _operators(script: Script, sign: str) -> Iterator[tuple[int, Token]]:
    for index, token in enumerate(script.code):
        if token.kind is Kind.SIGN and token.text == sign:
            yield index, token


def _literals(script: Script, index: int) -> tuple[int, int] | None:
    """Return both operands of an operator where they are integers in the text."""
    before, after = script.texts((index - 1, index + 1))
    return (int(before), int(after)) if before.isdigit() and after.isdigit() else None


def fraction(script: Script) -> Iterator[Hit]:
    """Find constant expressions whose value is a fraction."""
    for index, token in _operators(script, "/"):
        pair = _literals(script, index)
        if pair and (pair[1] == 0 or pair[0] % pair[1]):
            yield token, f"{pair[0]} / {pair[1]}"
    for index, token in _operators(script, "^"):
        if script.text(index + 1) == "-":
            yield token, f"{script.text(index - 1)} ^ -{script.text(index + 2)}"


def division(script: Script) -> Iterator[Hit]:
    """Find divisions that may not come out even."""
    for index, token in _operators(script, "/"):
        if not _literals(script, index) and not _divides_exactly(script, index):
            yield token, "/"


def _divides_exactly(script: Script, index: int) -> bool:
    """Recognize ``(n - n % d) / d``."""
    divisor = script.text(index + 1)
    return script.text(index - 1) == ")" and script.texts((index - 3, index - 2)) == ["%", divisor]


def power(script: Script) -> Iterator[Hit]:
    """Find powers that may be fractions."""
    for index, token in _operators(script, "^"):
        if script.text(index + 1) != "-" and not script.text(index + 1).isdigit():
            yield token, "^"
