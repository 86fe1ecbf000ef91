"""One round: ask, read, judge."""

from __future__ import annotations

import time as system_time
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from yamaha_ops.errors import (
    AuthenticationError,
    CommandError,
    ConfigError,
    ConsoleError,
    ParseError,
    SecretError,
)
from yamaha_ops.health.configuration import (
    ConfigurationState,
    Wanted,
    read_configuration,
)
from yamaha_ops.health.health import Answer, Health
from yamaha_ops.health.interfaces import Interfaces
from yamaha_ops.health.line import mape_lines
from yamaha_ops.health.memo import Memo
from yamaha_ops.health.modules import STANDARD, Module
from yamaha_ops.router.saved import unsaved_commands
from yamaha_ops.status.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from yamaha_ops.config import Configuration
    from yamaha_ops.health.health import Outcome
    from yamaha_ops.mape import RuleTable
    from yamaha_ops.router import Session

_NOT_HERE = (
    "Invalid command name",
    "コマンド名を確認してください",
    "Insufficient or too many parameters",
    "パラメータの数が不適当です",
    "Illegal keyword",
    "パラメータのキーワードが認識できません",
    "Invalid interface name",
    "このコマンドは使用できません",
)
"""What a router says of a command that its model or revision does not have."""

_CONFIGURATION = "show config"


class Clock(Protocol):
    """Wall clock and stop watch; :mod:`time` is one."""

    def time(self) -> float:
        """Return seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...


def collect(  # noqa: PLR0913 -- all but the first two are for callers who know more
    session: Session,
    module: Module = STANDARD,
    *,
    known: Interfaces | None = None,
    wanted: Wanted | None = None,
    rules: RuleTable | None = None,
    deadline: float | None = None,
    at_once: int = 1,
    memo: Memo | None = None,
    clock: Clock = system_time,
) -> Health:
    """Ask one router everything in a module.

    Args:
        session: A session with it.
        module: What to ask.
        known: Interfaces to ask about beside those that routes and NAT descriptors name. Where
            the configuration is read, it alone decides.
        wanted: What to compare the running configuration with, where the module reads it.
        rules: MAP-E rules to reckon with; the shipped ones if left out.
        deadline: A reading of ``clock.monotonic()`` after which nothing more is asked.
        at_once: How many commands may be entered together (``Session.run_all``).
        memo: What this router's answers were read as before; it is brought up to date.
        clock: Wall clock and stop watch.

    Raises:
        ConnectError: The line was lost.
        TypedAheadError: This router must be asked one command at a time; the session is lost.
        ConsoleError: An answer did not come whole; the session is of no use any more.
    """
    started = clock.monotonic()
    wanted = wanted or Wanted()
    memo = memo or Memo()
    running: Configuration | None = None
    state: ConfigurationState | None = None
    answers: list[Answer] = []

    def ask(commands: Iterable[str]) -> None:
        asked = {answer.command for answer in answers}
        new = list(dict.fromkeys(command for command in commands if command not in asked))
        left = None if deadline is None else deadline - clock.monotonic()
        told = session.run_all(new, left, at_once=at_once, rows=memo.rows)
        answers.extend(_answers(new, told, clock, memo))

    if known and not module.configuration:
        ask(module.questions(known))
    else:
        # Interfaces must be known before they can be asked about.
        ask(command for command in module.commands if "{" not in command)
    if module.configuration:
        answer, running, state = _configuration(session, wanted, clock)
        answers.append(answer)
    seen = Interfaces.seen(answer.record for answer in answers)
    interfaces = state.interfaces if state else (known or Interfaces()) | seen
    ask(module.questions(interfaces))
    if running and state:
        # Last: should the router ask something unforeseen, the session is of no use any more.
        state = replace(state, unsaved=_unsaved(session, running, wanted, answers))
    records = [answer.record for answer in answers]
    return Health(
        router=session.router,
        module=module.name,
        model=session.model,
        firmware=session.firmware,
        time=clock.time(),
        seconds=clock.monotonic() - started,
        answers=tuple(answers),
        interfaces=interfaces,
        lines=mape_lines(records, rules),
        configuration=state,
    )


def _answers(
    commands: Sequence[str],
    told: Iterator[list[str | CommandError]],
    clock: Clock,
    memo: Memo,
) -> Iterator[Answer]:
    left = iter(commands)
    started = clock.monotonic()
    for together in told:
        seconds = (clock.monotonic() - started) / len(together)
        for text, command in zip(together, left, strict=False):
            if isinstance(text, CommandError):
                yield _refused(command, text, seconds)
            else:
                yield _read(command, text, seconds, memo)
        started = clock.monotonic()
    for command in left:
        yield Answer(command, "failed", 0.0, error="there was no time left for it")


def _refused(command: str, error: CommandError, seconds: float) -> Answer:
    said = error.output or ""
    missing = any(sentence in said for sentence in _NOT_HERE)
    outcome: Outcome = "unsupported" if missing else "failed"
    return Answer(command, outcome, seconds, error=said or error.message)


def _read(command: str, text: str, seconds: float, memo: Memo) -> Answer:
    try:
        parsed = memo.parse(command, text)
    except ParseError as error:
        return Answer(command, "failed", seconds, error=error.message)
    return Answer(command, "ok", seconds, parsed.record, parsed.unknown_lines)


def _configuration(
    session: Session, wanted: Wanted, clock: Clock
) -> tuple[Answer, Configuration | None, ConfigurationState | None]:
    started = clock.monotonic()
    try:
        running, state = read_configuration(session, wanted, time=clock.time())
    except (AuthenticationError, CommandError, ConfigError, SecretError) as error:
        seconds = clock.monotonic() - started
        return Answer(_CONFIGURATION, "failed", seconds, error=error.message), None, None
    return Answer(_CONFIGURATION, "ok", clock.monotonic() - started), running, state


def _unsaved(
    session: Session, running: Configuration, wanted: Wanted, answers: Iterable[Answer]
) -> bool | None:
    for answer in answers:
        if isinstance(answer.record, Environment):
            slot = answer.record.default_config_file or answer.record.config_file
            try:
                commands = (
                    unsaved_commands(session, running, slot, wanted.administrator_password)
                    if slot
                    else None
                )
            except ConsoleError:
                return None
            return None if commands is None else bool(commands)
    return None
