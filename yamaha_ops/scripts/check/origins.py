"""Where values come from: does text from outside reach a place where it is carried out?

A name is outside text when it was set from a source, from such a name, or from a function that
returns one; ``tonumber(...)`` makes it harmless. Names count per function, as Lua scopes them
roughly; branches and tables are not followed. It may warn where nothing is wrong, and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yamaha_ops.scripts.check.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.scripts.check.structure import Block, Call, Script, Span

NETWORK: Final = "the network"
LOG: Final = "the log, which repeats what other machines send"
VARIABLE: Final = "a router variable"
FILE: Final = "a file"
ARGUMENT: Final = "the command line"

HOSTILE: Final = frozenset({NETWORK, LOG})
"""Origins that anybody may write to; the others belong to the router's administrator."""

_CALLS: Final = {
    "os.getenv": VARIABLE,
    "rt.httprequest": NETWORK,
    "rt.syslogwatch": LOG,
    "io.read": FILE,
    "io.lines": FILE,
}
_METHODS: Final = {"receive": NETWORK, "receivefrom": NETWORK, "read": FILE, "lines": FILE}
_SAFE: Final = frozenset({"tonumber", "type", "string.len", "string.byte", "string.find"})
"""Functions whose result is a number or a word of Lua's, whatever goes in."""

_WHOLE: Final = re.compile(r"\^(?:(?:\[[^^][^\]]*\]|%[adluwx]|\w)[-+*?]?)+\$", re.ASCII)
"""A Lua pattern that a whole text must match and that names what may be in it."""

Name = tuple[int, str]
"""Start of the function that owns it (-1 for the main chunk), and the name."""


@dataclass(slots=True)
class Origins:
    """Answers where the values among some tokens come from."""

    script: Script
    _names: dict[Name, str] = field(default_factory=dict)
    _returns: dict[int, str] = field(default_factory=dict)
    _locals: set[Name] = field(default_factory=set)
    _assignments: list[tuple[list[int], Span]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._assignments = list(self._find_assignments())
        self._locals |= {
            (block.start, name)
            for block in self.script.blocks
            if block.kind == "function"
            for name in block.parameters
        }
        while self._spread():
            pass

    def of(self, span: Span) -> str | None:
        """Return the origin of outside text among some tokens; the most hostile one counts."""
        found = {origin for index in span if (origin := self._at(index, span))}
        return min(found, key=lambda origin: origin not in HOSTILE, default=None)

    def _at(self, index: int, span: Span) -> str | None:
        script, token = self.script, self.script.code[index]
        if self._is_safe(index, span):
            return None
        if token.text == "..." and script.function_of(index) is None:
            return ARGUMENT
        if token.kind is not Kind.NAME:
            return None
        return self._called(index) or self._named(index, token.text)

    def _called(self, index: int) -> str | None:
        """Return the origin of what a call of this name returns."""
        for call in self.script.calls_in(range(index, index + 1)):
            returned = (self._returns.get(each.start) for each in self.script.functions(call.path))
            known = _CALLS.get(call.path) or _METHODS.get(call.method)
            return known or next(filter(None, returned), None)
        return None

    def _named(self, index: int, name: str) -> str | None:
        """Return the origin of a variable's value."""
        if self.script.text(index - 1) in {".", ":"} or self.script.names_field(index):
            return None
        owner = self._owner(index, name)
        if name == "arg" and owner not in self._locals:
            return ARGUMENT
        return self._names.get(owner)

    def _is_safe(self, index: int, span: Span) -> bool:
        for call in self.script.calls_in(span):
            if self._clears(call) and any(index in argument for argument in call.arguments):
                return True
        return self.script.text(index - 1) == "#"

    def _clears(self, call: Call) -> bool:
        """Tell whether a call makes its arguments harmless: a number, or held against a pattern."""
        if call.path != "string.match" or len(call.arguments) < 2:  # noqa: PLR2004 -- text, pattern
            return call.path in _SAFE
        pattern = self.script.code[call.arguments[1].start]
        return pattern.kind is Kind.STRING and bool(_WHOLE.fullmatch(pattern.value))

    # --- names -------------------------------------------------------------------------------

    def _owner(self, index: int, name: str) -> Name:
        """Return the name as the innermost function that declares it knows it."""
        block: Block | None = self.script.function_of(index)
        while block is not None:
            if (block.start, name) in self._locals:
                return block.start, name
            outer = block.outer
            while outer is not None and outer.kind != "function":
                outer = outer.outer
            block = outer
        return -1, name

    def _home(self, index: int) -> int:
        block = self.script.function_of(index)
        return block.start if block is not None else -1

    def _find_assignments(self) -> Iterator[tuple[list[int], Span]]:
        """Yield the names that are set, and the tokens they are set from."""
        script = self.script
        for index, token in enumerate(script.code):
            if token.kind is Kind.KEYWORD and token.text in {"local", "in"}:
                names = script.listed(index, 1 if token.text == "local" else -1)
                self._locals |= {(self._home(index), script.text(name)) for name in names}
                equals = max((index, *names)) + 1
                if token.text == "in":
                    yield names, script.expression(index + 1)
                elif script.text(equals) == "=":
                    yield names, script.expression(equals + 1)
            elif token.text == "=" and not script.names_field(index - 1):
                names = script.listed(index, -1)
                if names and script.text(names[-1] - 1) not in {"local", "for", ".", ":"}:
                    yield names, script.expression(index + 1)

    # --- spreading ---------------------------------------------------------------------------

    def _spread(self) -> bool:
        """Follow every assignment, return and call once more; tell whether anything was new."""
        before = len(self._names) + len(self._returns)
        for names, span in self._assignments:
            for at in names:
                self._note(self._owner(at, self.script.text(at)), span)
        for index, token in enumerate(self.script.code):
            block = self.script.function_of(index)
            if token.kind is Kind.KEYWORD and token.text == "return" and block is not None:
                origin = self.of(self.script.expression(index + 1))
                if origin:
                    self._returns.setdefault(block.start, origin)
        for call in self.script.calls:
            for block in self.script.functions(call.path):
                for name, argument in zip(block.parameters, call.arguments, strict=False):
                    self._note((block.start, name), argument)
        return len(self._names) + len(self._returns) > before

    def _note(self, name: Name, span: Span) -> None:
        origin = self.of(span)
        if origin:
            self._names.setdefault(name, origin)
