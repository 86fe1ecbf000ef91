"""The shape of a script: blocks, calls, and where values come from. Enough for rules, no parser.

The grammar itself is judged by real Lua; what comes here has passed that.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yamaha_ops.scripts.check.tokens import KEYWORDS, Kind, Token, ends_operand, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BLOCKS: Final = frozenset({"for", "function", "repeat", "while"})
Span = range
"""Indices of tokens."""

Hit = tuple[Token, str]
"""Where a rule found something, and what to put into its message."""

_OPENING: Final = frozenset("([{")
_CLOSING: Final = frozenset(")]}")
_STATEMENT: Final = (KEYWORDS | {";"}) - {
    *("and", "or", "not", "nil", "true", "false", "function"),
}
"""Words that cannot stand inside an expression."""


@dataclass(slots=True, eq=False)
class Block:
    """A loop or a function.

    Attributes:
        kind: ``while``, ``repeat``, ``for`` or ``function``.
        start: Index of its first token.
        end: Index of the token that closes it (``end``; for ``repeat`` the end of the condition).
        name: A function's name: ``f``, ``t.f``, ``t:f``; empty where it has none.
        parameters: A function's parameters.
        outer: The block around it.
    """

    kind: str
    start: int
    outer: Block | None
    end: int = 0
    name: str = ""
    parameters: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """Its tokens."""
        return range(self.start, self.end + 1)


@dataclass(frozen=True, slots=True)
class Call:
    """A call: ``rt.command(...)``. ``path`` of a method is ``name:method``, or ``:method``."""

    path: str
    index: int
    arguments: tuple[Span, ...]

    @property
    def method(self) -> str:
        """The method's name, or nothing."""
        return self.path.rpartition(":")[2] if ":" in self.path else ""


def _index(call: Call) -> int:
    return call.index


@dataclass(slots=True)
class Script:
    """A script in tokens, without its comments."""

    name: str
    source: str
    all_tokens: list[Token] = field(init=False)
    code: list[Token] = field(init=False)
    blocks: list[Block] = field(init=False, default_factory=list)
    owners: list[Block | None] = field(init=False, default_factory=list)
    """By token index: the innermost block."""
    pairs: dict[int, int] = field(init=False, default_factory=dict)
    """Opening bracket to closing bracket, by index."""
    calls: list[Call] = field(init=False, default_factory=list)
    """In the order of the text."""
    _ends: dict[int, int] = field(init=False, default_factory=dict)
    """By the index of a block's first token: that of its last one."""
    _functions: dict[str, list[Block]] = field(init=False, default_factory=dict)
    _inside: list[int] = field(init=False, default_factory=list)
    """By token index: the index of the innermost bracket that is open there, or -1."""

    def __post_init__(self) -> None:
        self.all_tokens = tokens(self.source)
        self.code = [token for token in self.all_tokens if token.kind is not Kind.COMMENT]
        self._find_pairs()
        self._find_blocks()
        self.calls = list(self._find_calls())

    # --- looking around ----------------------------------------------------------------------

    def text(self, index: int) -> str:
        """Return a token's text; nothing outside the script."""
        return self.code[index].text if 0 <= index < len(self.code) else ""

    def texts(self, span: Iterable[int]) -> list[str]:
        """Return the texts of some tokens."""
        return [self.text(index) for index in span]

    def around(self, index: int, *kinds: str) -> Iterator[Block]:
        """Yield the blocks around a token, from the innermost, up to the function it is in.

        The function itself is yielded last. ``kinds`` chooses among them.
        """
        block = self.owners[index]
        while block is not None:
            if not kinds or block.kind in kinds:
                yield block
            if block.kind == "function":
                return
            block = block.outer

    def function_of(self, index: int) -> Block | None:
        """Return the function a token is in, or None for the main chunk."""
        return next(self.around(index, "function"), None)

    def calls_in(self, span: Span) -> list[Call]:
        """Return the calls among some tokens."""
        first = bisect_left(self.calls, span.start, key=_index)
        return self.calls[first : bisect_left(self.calls, span.stop, key=_index)]

    def functions(self, name: str) -> list[Block]:
        """Return the functions of a name."""
        return self._functions.get(name.replace(":", "."), [])

    def reach(self, span: Span) -> set[str]:
        """Return the paths called among some tokens, through the script's own functions too."""
        found: set[str] = set()
        waiting = [span]
        seen: set[int] = set()
        while waiting:
            for call in self.calls_in(waiting.pop()):
                found.add(call.path)
                for block in self.functions(call.path):
                    if block.start not in seen:
                        seen.add(block.start)
                        waiting.append(block.span)
        return found

    def listed(self, index: int, step: int) -> list[int]:
        """Return the names in a row, ``a, b``, that begins beside a token."""
        names = []
        at = index + step
        while 0 <= at < len(self.code) and self.code[at].kind is Kind.NAME:
            names.append(at)
            at += step
            if self.text(at) != ",":
                break
            at += step
        return names

    def names_field(self, index: int) -> bool:
        """Tell ``{ name = value }`` from a use of ``name``."""
        row = (self.text(self._inside[index]), self.text(index - 1), self.text(index + 1))
        return row[0] == "{" and row[1] in {"{", ",", ";"} and row[2] == "="

    def open_mode(self, call: Call) -> str:
        """Return the mode of an ``io.open``; nothing where it has its default."""
        if len(call.arguments) < 2:  # noqa: PLR2004 -- path and mode
            return ""
        return "".join(self.texts(call.arguments[1])).strip("\"'")

    # --- taking apart ------------------------------------------------------------------------

    def _find_pairs(self) -> None:
        opened: list[int] = []
        for index, token in enumerate(self.code):
            self._inside.append(opened[-1] if opened else -1)
            if token.kind is Kind.SIGN and token.text in _OPENING:
                opened.append(index)
            elif token.kind is Kind.SIGN and token.text in _CLOSING and opened:
                self.pairs[opened.pop()] = index

    def _find_blocks(self) -> None:
        stack: list[Block | None] = []
        heads = 0
        for index, token in enumerate(self.code):
            word = token.text if token.kind is Kind.KEYWORD else ""
            if word in _BLOCKS:
                outer = next((block for block in reversed(stack) if block), None)
                block = Block(word, index, outer)
                self.blocks.append(block)
                stack.append(block)
                heads += word in {"for", "while"}
            elif word == "do" and heads:
                # The `do` of a loop's head opens nothing of its own.
                heads -= 1
            elif word in {"do", "if"}:
                stack.append(None)
            elif word in {"end", "until"} and stack and (closed := stack.pop()):
                closed.end = index
        for block in self.blocks:
            block.end = block.end or len(self.code) - 1
            self._ends[block.start] = block.end
        for block in self.blocks:
            if block.kind == "function":
                self._name(block)
            elif block.kind == "repeat":
                # The condition behind `until` still belongs to the loop.
                block.end = self.expression(block.end + 1).stop - 1
        self._find_owners()

    def _find_owners(self) -> None:
        self.owners = [None] * len(self.code)
        # Outer blocks stand before inner ones, which therefore have the last word.
        for block in self.blocks:
            self.owners[block.start : block.end + 1] = [block] * len(block.span)

    def _name(self, block: Block) -> None:
        index = block.start + 1
        name = []
        while self.text(index) not in {"(", ""}:
            name.append(self.text(index))
            index += 1
        block.parameters = tuple(
            self.text(at)
            for at in range(index + 1, self.pairs.get(index, index))
            if self.code[at].kind is Kind.NAME
        )
        if not name and self.text(block.start - 1) == "=":
            name = [self.text(block.start - 2)]
            if self.text(block.start - 3) in {".", ":"}:
                name = self.texts(range(block.start - 4, block.start - 1))
        block.name = "".join(name)
        if name:
            self._functions.setdefault(block.name.replace(":", "."), []).append(block)

    def _find_calls(self) -> Iterator[Call]:
        aliases = dict(self._aliases())
        for index, token in enumerate(self.code):
            follower = self.code[index + 1] if index + 1 < len(self.code) else None
            if token.kind is not Kind.NAME or follower is None:
                continue
            called = follower.text in {"(", "{"} or follower.kind is Kind.STRING
            if called and self.text(index - 1) != "function":
                path, start = self._path(index)
                if self.text(start - 1) != "function":
                    arguments = self._arguments(index + 1)
                    yield Call(aliases.get(path, path), index, tuple(arguments))

    def _path(self, index: int) -> tuple[str, int]:
        """Return the dotted name that ends at a token, and where it starts."""
        parts = [self.text(index)]
        while self.text(index - 1) in {".", ":"}:
            parts.insert(0, self.text(index - 1))
            index -= 2
            if index < 0 or self.code[index].kind is not Kind.NAME:
                break
            parts.insert(0, self.text(index))
        return "".join(parts), index

    def _aliases(self) -> Iterator[tuple[str, str]]:
        """Yield ``f``, ``rt.command`` for each ``local f = rt.command``."""
        for index, token in enumerate(self.code):
            if (
                token.kind is Kind.NAME
                and self.texts((index + 1, index + 3)) == ["=", "."]
                and self.text(index + 5) not in {"(", ".", ":"}
                and self.text(index + 2) in {"rt", "os", "io"}
            ):
                yield token.text, "".join(self.texts(range(index + 2, index + 5)))

    def _arguments(self, opening: int) -> Iterator[Span]:
        if self.text(opening) != "(":
            yield range(opening, self.pairs.get(opening, opening) + 1)
            return
        end = self.pairs.get(opening, opening)
        start = at = opening + 1
        while at < end:
            if self.text(at) == ",":
                yield range(start, at)
                start = at + 1
            at = self.pairs.get(at, at) + 1 if not self._function_at(at) else self._past(at)
        if start < end:
            yield range(start, end)

    def _function_at(self, index: int) -> bool:
        return self.code[index].kind is Kind.KEYWORD and self.text(index) == "function"

    def _past(self, index: int) -> int:
        """Return the index behind a function's ``end``."""
        return self._ends[index] + 1

    def expression(self, start: int) -> Span:
        """Return the tokens of the expression list that begins at a token."""
        at = start
        while at < len(self.code):
            token = self.code[at]
            before = self.code[at - 1] if at > start else None
            if token.kind in {Kind.KEYWORD, Kind.SIGN} and token.text in _STATEMENT:
                break
            if ends_operand(before) and token.kind is Kind.NAME:
                break
            if token.text in _CLOSING and token.kind is Kind.SIGN:
                break
            if self._function_at(at):
                if ends_operand(before):
                    break
                at = self._past(at)
            else:
                at = self.pairs.get(at, at) + 1
        return range(start, at)
