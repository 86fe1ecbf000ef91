"""``| grep`` and ``| less`` behind ``show`` commands (REF 2.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from yamaha_ops.config.words import quote
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.view import split

if TYPE_CHECKING:
    from collections.abc import Callable

FIDELITY: Final = (
    documented("`show ... | grep [-i] [-v] [-w] PATTERN`, repeatable; `| less`", "REF 2.5"),
    documented("`\\\\`, `?` and `|` in a pattern are doubled with a backslash", "REF 2.5.1"),
    assumed("`| less` shows like the pager", "its own keys are not emulated"),
)


def pipes(line: str) -> list[str]:
    """Split at ``|``, but not where a backslash or quotes protect it."""
    parts = [""]
    quote = ""
    skip = False
    for character in line:
        if skip:
            skip = False
        elif character == "\\":
            skip = True
        elif quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif character == "|":
            parts.append("")
            continue
        parts[-1] += character
    return parts


def compiled(text: str) -> Callable[[str], bool] | None:
    """Compile ``grep -i -v -w PATTERN``; None for ``less``.

    Raises:
        Refusal: It is neither.
    """
    words = split(text)
    if words == ("less",):
        return None
    if words[:1] != ("grep",) or len(words) < 2:  # noqa: PLR2004 -- grep and its pattern
        raise Refusal(Problem.UNKNOWN_COMMAND)
    options = [word for word in words[1:-1] if word in {"-i", "-v", "-w"}]
    if len(options) != len(words) - 2:
        raise Refusal(Problem.PARAMETER_COUNT)
    pattern = _regular(words[-1])
    if "-w" in options:
        pattern = rf"(?<![0-9A-Za-z])(?:{pattern})(?![0-9A-Za-z])"
    try:
        expression = re.compile(pattern, re.IGNORECASE if "-i" in options else 0)
    except re.error:
        raise Refusal(Problem.KEYWORD) from None
    inverted = "-v" in options
    return lambda line: (expression.search(line) is None) == inverted


def grep_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a test for lines that a router's pattern finds.

    Raises:
        Refusal: It is no pattern.
    """
    return compiled(f"grep {quote(pattern)}") or bool


def _regular(pattern: str) -> str:
    r"""Turn the router's small pattern language into Python's: ``. ? * + | [] [^] ^ $ () \``."""
    return re.sub(r"([{}])", r"\\\1", pattern)
