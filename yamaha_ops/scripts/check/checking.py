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
    script = Script(name, source.decode("latin-1"))
    problem = syntax(source)
    findings = {
        finding
        for rule in RULES
        if problem is None or rule.code in _EVEN_IF_BROKEN
        for finding in rule.findings(script)
    }
    if problem is None:
        findings.update(opinion(source))
    elif not any(token.kind is Kind.YAMAHA for token in script.code):
        # Stock Lua stumbles over Yamaha's own syntax, which has its own rule and a better word.
        findings.add(problem)
    return tuple(sorted(findings))
