"""One script through everything: Lua's grammar, the rules, luacheck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.scripts.check.grammar import syntax
from yamaha_ops.scripts.check.luacheck import opinion
from yamaha_ops.scripts.check.rules import RULES
from yamaha_ops.scripts.check.structure import Script
from yamaha_ops.scripts.check.tokens import Kind

if TYPE_CHECKING:
    from yamaha_ops.scripts.check.finding import Finding

_EVEN_IF_BROKEN = frozenset({"decimal-number", "yamaha-syntax", "not-ascii", "not-ascii-comment"})
"""Rules that look at single tokens, and so mean something in a file that does not load."""


def check(source: bytes, name: str) -> tuple[Finding, ...]:
    """Return everything to change in a script, by line.

    Args:
        source: The file as it is.
        name: Its bare name on the router, ``watch.lua``: a script must not stop itself.

    Raises:
        InputError: No Lua is installed to load it with.
    """
    # Latin-1 makes one character of each byte: nothing is refused for its encoding here.
    script = Script(name, _without_first_line_of_shells(source.decode("latin-1")))
    plain = _without_yamaha_literals(script).encode("latin-1")
    problem = syntax(plain)
    findings = {
        finding
        for rule in RULES
        if problem is None or rule.code in _EVEN_IF_BROKEN
        for finding in rule.findings(script)
    }
    if problem:
        findings.add(problem)
    elif not any(token.kind is Kind.YAMAHA for token in script.code):
        # Without Yamaha's literals luacheck misses what they use.
        findings.update(opinion(plain))
    return tuple(sorted(findings))


def _without_first_line_of_shells(text: str) -> str:
    """Blank a first line that begins with ``#``, as Lua does when it loads a file."""
    first, newline, rest = text.partition("\n")
    return " " * len(first) + newline + rest if first.startswith("#") else text


def _without_yamaha_literals(script: Script) -> str:
    """Return the source with texts in place of what only Yamaha's Lua can read, for stock tools."""
    text = script.source
    for token in script.code:
        if token.kind is Kind.YAMAHA:
            filler = '"' + "-" * (len(token.text) - 2) + '"'
            text = text[: token.at] + filler + text[token.at + len(token.text) :]
    return text
