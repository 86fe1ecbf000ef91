"""Carrying out one command line: pipes, operation commands, and all the settings behind them."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal, Say
from yamaha_ops.lab.pipes import compiled, pipes
from yamaha_ops.lab.view import split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from yamaha_ops.lab.console import Console
    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("Keywords ignore case", "REF 1.2"),
    documented("`embedded file` and `macro` read lines up to their end word", "REF 4.92, 4.93"),
    assumed("No prompt stands before the lines of a block", "no recording"),
    assumed("No abbreviations of commands", "REF shows none"),
    assumed(
        "Operations that are not in the lab (`traceroute`, `show status qos`) are unknown commands",
        "their text was never seen, or nothing here depends on them",
    ),
    assumed("`show config` is open to ordinary users", "REF 57.7 restricts `difference` only"),
)


class Plain(str):
    """A line that the console neither breaks nor pages."""

    __slots__ = ()


class Stored(str):
    """A line of the configuration: its bytes are Shift_JIS whatever the console's character set."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """A question in the middle of an answer; the reply comes back into the generator.

    Attributes:
        prompt: What stands before the typed text.
        echo: False for passwords.
        key: True where one key is the reply, without Enter.
    """

    prompt: str
    echo: bool = True
    key: bool = False


if TYPE_CHECKING:
    Answer = Generator[str | Ask, str, None]
    Handler = Callable[["Caller", Words], "Iterable[str] | Answer"]


@dataclass(slots=True)
class Caller:
    """Who a command is carried out for: a console, the scheduler, a Lua task.

    Attributes:
        console: The console, where there is one; commands about the session itself need it.
    """

    router: EmulatedRouter
    japanese: bool = True
    administrator: bool = True
    context: str = ""
    console: Console | None = None
    scheduled: bool = False

    def say(self, en: str, ja: str) -> str:
        """Choose the wording of the caller's language."""
        return ja if self.japanese else en


@dataclass(frozen=True, slots=True)
class Operation:
    """A command that does something at once and is no part of the configuration."""

    name: str
    handler: Handler
    administrator: bool
    since: str | None


OPERATIONS: Final[dict[Words, Operation]] = {}
MODULES: Final = (
    "commands.login",
    "commands.saving",
    "commands.loading",
    "commands.power",
    "commands.files",
    "commands.clearing",
    "commands.help",
    "commands.lua",
    "commands.ping",
    "commands.secrets",
    "commands.upgrading",
    "answers",
    "techinfo",
)
_LONGEST: Final = 6
_BLOCK: Final = re.compile(r"\s*(?:embedded\s+file|macro)\b[^\n]*<<(\w+)", re.IGNORECASE)
SETTINGS: Final = frozenset({("lua", "use")})
"""Settings that begin like an operation."""


def operation(
    *names: str, administrator: bool = True, since: str | None = None
) -> Callable[[Handler], Handler]:
    """Register a handler under the words that its commands begin with."""

    def register(handler: Handler) -> Handler:
        for name in names:
            words = tuple(name.split())
            OPERATIONS[words] = Operation(name, handler, administrator, since)
        return handler

    return register


@cache
def load_operations() -> None:
    """Import every module that registers operations, once."""
    for module in MODULES:
        import_module(f"yamaha_ops.lab.{module}")


def find(words: Words) -> tuple[Operation, Words] | None:
    """Return the operation that a line names, and the words that follow its name."""
    folded = tuple(word.lower() for word in words[:_LONGEST])
    if folded[:2] in SETTINGS:
        return None
    for length in range(len(folded), 0, -1):
        found = OPERATIONS.get(folded[:length])
        if found is not None:
            return found, words[length:]
    return None


def execute(caller: Caller, line: str) -> Answer:
    """Carry out one line; yield its answer line by line, and questions in between.

    Raises:
        Refusal: The router answers with an error line.
    """
    load_operations()
    if end := _BLOCK.match(line):
        yield from _block(caller, line, end[1])
        return
    command, *filters = pipes(line)
    words = split(command)
    if not words:
        return
    if filters and words[0].lower() not in {"show", "less"}:
        raise Refusal(Problem.PARAMETER_COUNT)
    patterns = [keep for keep in map(compiled, filters) if keep is not None]
    if patterns:
        yield Say.SEARCHING.text(japanese=caller.japanese)
    yield from _kept(_answer(caller, words, command), patterns)


def _block(caller: Caller, line: str, end: str) -> Answer:
    """Take the lines of a block up to its end word, then carry it out as a whole."""
    if not caller.administrator:
        raise Refusal(Problem.ADMINISTRATOR_ONLY)
    lines = line.split("\n")
    while lines[-1].strip() != end:
        lines.append((yield Ask("")))
    caller.router.execute_block(lines, caller.context)


def _answer(caller: Caller, words: Words, command: str) -> Iterable[str] | Answer:
    found = find(words)
    if found is None:
        _setting(caller, words, command.strip())
        return ()
    operation, rest = found
    if operation.since and not caller.router.hardware.since(operation.since):
        raise Refusal(Problem.UNKNOWN_COMMAND)
    if operation.administrator and not caller.administrator:
        raise Refusal(Problem.ADMINISTRATOR_ONLY)
    return operation.handler(caller, rest)


def _setting(caller: Caller, words: Words, command: str) -> None:
    if not caller.administrator and words[0].lower() != "console":
        known = caller.router.running.knows(command)
        raise Refusal(Problem.ADMINISTRATOR_ONLY if known else Problem.UNKNOWN_COMMAND)
    caller.router.execute(command, caller.context)
    if caller.console is not None and "console" in words[:2]:
        caller.console.read_settings()


def _kept(
    items: Iterable[str] | Answer, patterns: list[Callable[[str], bool]]
) -> Generator[str | Ask, str, None]:
    """Pass on what all patterns let through; questions always pass."""
    iterator = iter(items)
    reply: str | None = None
    while True:
        try:
            if reply is None or not isinstance(iterator, Generator):
                item = next(iterator)
            else:
                item = iterator.send(reply)
        except StopIteration:
            return
        reply = None
        if isinstance(item, Ask):
            reply = yield item
        elif all(keep(item) for keep in patterns):
            yield item


def run_unattended(
    router: EmulatedRouter,
    line: str,
    *,
    context: str = "",
    japanese: bool = True,
    scheduled: bool = False,
) -> tuple[bool, list[str]]:
    """Carry out a line where nobody can answer questions: the scheduler, Lua.

    Returns:
        Whether it worked, and what it printed.
    """
    caller = Caller(router, japanese=japanese, context=context, scheduled=scheduled)
    printed: list[str] = []
    try:
        for item in execute(caller, line):
            if isinstance(item, Ask):
                raise Refusal(Problem.NOT_INTERACTIVE)  # noqa: TRY301 -- the one way out
            printed.append(item)
    except Refusal as refusal:
        return False, [*printed, refusal.line(japanese=japanese)]
    return True, printed
