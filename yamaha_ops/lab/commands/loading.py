"""Changing safely: ``load``, ``rollback timer``, ``confirm``, ``show config difference``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.commands.login import confirmed, console_of
from yamaha_ops.lab.commands.saving import NAME, stored
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.paths import read_file
from yamaha_ops.lab.settings import Running, commands_between, without_host_key
from yamaha_ops.lab.shell import Ask, operation
from yamaha_ops.lab.view import View

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from yamaha_ops.lab.shell import Answer, Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`load`: replacement or fewest commands, `silent`, `interactive`", "REF 56.7.30"),
    documented("`rollback-timer=` 120..21474836, `rollback timer` 1..21474836", "REF 56.7.30-31"),
    documented("Without `no-key-generate` the host key is made again", "REF 56.7.30"),
    documented("`show config difference` prints commands from A to B, `-` is running", "REF 57.7"),
    documented("A stored configuration with passwords asks for them first", "REF 57.2, 57.7"),
    assumed(
        "`load` asks `Login Password: `, `Administrator Password: ` as rtprov expects", "rtprov"
    ),
    assumed("Wrong lines of a loaded file are reported as error lines and skipped", "not stated"),
    assumed("The question of `interactive` is `COMMAND (Y/N)`", "wording not seen"),
)

TIMER_LIMIT: Final = 21_474_836
LOAD_TIMER_FROM: Final = 120
OPTIONS: Final = frozenset(
    {"difference", "silent", "interactive", "no-configure-refresh", "no-key-generate"}
)


@dataclass(frozen=True, slots=True)
class Order:
    """What a ``load`` line asks for."""

    kind: str | None
    name: str
    options: frozenset[str]
    seconds: int | None

    @classmethod
    def read(cls, words: Words) -> Order:
        """Read the words after ``load``.

        Raises:
            Refusal: A word is no option, or the timer is out of range.
        """
        kind = words[0] if words[:1] and words[0] in {"config", "file"} else None
        rest = words[1:] if kind else words
        if not rest:
            raise Refusal(Problem.PARAMETER_COUNT)
        name, *given = rest
        options: set[str] = set()
        seconds = None
        for word in given:
            key, equals, value = word.partition("=")
            if key == "rollback-timer" and equals:
                seconds = _seconds(value, LOAD_TIMER_FROM)
            elif word in OPTIONS:
                options.add(word)
            else:
                raise Refusal(Problem.KEYWORD)
        if {"silent", "interactive"} <= options:
            raise Refusal(Problem.KEYWORD)
        return cls(kind, name, frozenset(options), seconds)


def _seconds(word: str, lowest: int) -> int:
    if not word.isdigit():
        raise Refusal(Problem.INTEGER)
    if not lowest <= int(word) <= TIMER_LIMIT:
        raise Refusal(Problem.RANGE)
    return int(word)


def _stored_text(caller: Caller, kind: str | None, name: str) -> Generator[str | Ask, str, str]:
    """Return a configuration by name, after the passwords it holds were given.

    Raises:
        Refusal: There is none, or a password is wrong.
    """
    router = caller.router
    if name == "-" and kind is None:
        return router.running.text
    if kind != "file" and NAME.fullmatch(name):
        text = stored(caller, name).text
        yield from passwords(caller, text, all_of_them=False)
        return text
    if kind == "config":
        raise Refusal(Problem.RANGE)
    return read_file(router, name).decode("cp932", "replace").replace("\r\n", "\n")


def passwords(caller: Caller, text: str, *, all_of_them: bool) -> Answer:
    """Ask for the login and administrator passwords that a stored configuration holds.

    Raises:
        Refusal: One is wrong.
    """
    accounts, view = caller.router.accounts, View(text)
    for words, question, admits in (
        (("login", "password"), "Login Password: ", accounts.admits_anonymous),
        (("administrator", "password"), "Administrator Password: ", accounts.admits_administrator),
    ):
        if all_of_them or view.first(*words) is not None:
            reply = yield Ask(question, echo=False)
            if not admits(view, reply):
                raise Refusal(Problem.PASSWORD)


@operation("load", since="15.02.03")
def load(caller: Caller, words: Words) -> Answer:
    """Put a stored configuration in force, as a whole or by its difference."""
    order = Order.read(words)
    if "interactive" in order.options:
        console_of(caller)
    text = yield from _stored_text(caller, order.kind, order.name)
    router = caller.router
    before = router.before()
    keep = "no-key-generate" in order.options
    target = without_host_key(text, router.running.text) if keep else text
    if "difference" in order.options:
        commands = commands_between(router.running.text, target)
        running, step = Running(before.text), Running.type
    else:
        commands = [line for line in target.splitlines() if line and not line.startswith("#")]
        running, step = Running(""), Running.follow
    context = ""
    for command in commands:
        if "interactive" in order.options and not (yield from confirmed(f"{command} (Y/N)")):
            continue
        if "silent" not in order.options:
            yield command
        try:
            router.check(command, running)
            context = step(running, command, context)
        except Refusal as refusal:
            yield refusal.line(japanese=caller.japanese)
    router.replace(running.text)
    if not keep and running.view.first("sshd", "host", "key", "generate") is not None:
        router.renew_host_key()
    if caller.console is not None:
        if order.seconds is None:
            caller.console.rollback.accept()
        else:
            caller.console.rollback.arm(before, order.seconds)


@operation("rollback timer", since="15.02.03")
def rollback_timer(caller: Caller, words: Words) -> Iterator[str]:
    """Arm the timer for changes typed by hand."""
    if len(words) != 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    seconds = _seconds(words[0], 1)
    console_of(caller).rollback.arm(caller.router.before(), seconds)
    yield from ()


@operation("confirm", since="15.02.03")
def confirm(caller: Caller, words: Words) -> Iterator[str]:
    """Accept the change."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    console_of(caller).rollback.accept()
    yield from ()


@operation("show config difference", since="15.02.03")
def show_config_difference(caller: Caller, words: Words) -> Answer:
    """Print the commands that turn A into B: ``[[TYPE] A] [TYPE] B``."""
    names: list[tuple[str | None, str]] = []
    kind: str | None = None
    for word in words:
        if word in {"config", "file"} and kind is None:
            kind = word
        else:
            names.append((kind, word))
            kind = None
    if kind is not None or len(names) not in {1, 2}:
        raise Refusal(Problem.PARAMETER_COUNT)
    first = (None, "-") if len(names) == 1 else names[0]
    one = yield from _stored_text(caller, *first)
    other = yield from _stored_text(caller, *names[-1])
    yield from commands_between(one, other)
