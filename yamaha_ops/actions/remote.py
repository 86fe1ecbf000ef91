"""Console commands on one router: what is allowed, how each ended, in YNO's words."""

from __future__ import annotations

import re
import time
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.actions.masking import mask_text
from yamaha_ops.config import mask
from yamaha_ops.errors import (
    CommandError,
    ConnectError,
    ConsoleError,
    IncompleteOutputError,
    InputError,
)
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from yamaha_ops.errors import YamahaOpsError
    from yamaha_ops.fleet import Handshakes
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session

READING: Final = frozenset({"show", "ping", "ping6", "traceroute", "traceroute6", "nslookup"})
"""First words of the commands that change nothing; nothing shorter is taken for one of them."""

_QUOTED: Final = re.compile(r"\\.|'[^']*'|\"[^\"]*\"")


class Result(StrEnum):
    """How a command, or all commands of a router, ended (the words of YNO)."""

    SUCCESS = "success"
    ERROR = "error"
    TIME_OUT = "time-out"
    SKIPPED = "skipped"


_WORST: Final = (Result.TIME_OUT, Result.ERROR, Result.SKIPPED, Result.SUCCESS)


@dataclass(frozen=True, slots=True)
class Ended:
    """One command on one router.

    Attributes:
        command: As it was entered, masked.
        result: How it ended.
        output: What the router printed, masked.
        seconds: How long it took.
        error: What went wrong, in one line.
    """

    command: str
    result: Result
    output: str = ""
    seconds: float = 0.0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """All commands on one router."""

    router: str
    commands: tuple[Ended, ...]
    error: str | None = None

    @property
    def result(self) -> Result:
        """The worst of the single results."""
        found = {each.result for each in self.commands}
        return next((word for word in _WORST if word in found), Result.SUCCESS)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "router": self.router,
            "result": self.result,
            "error": self.error,
            "commands": [
                {**asdict(each), "seconds": round(each.seconds, 3)} for each in self.commands
            ],
        }

    def as_text(self) -> str:
        """Return everything for a person or a file."""
        return "".join(
            f"# {self.router}: {each.command} - {each.result}\n{_ended(each.error or each.output)}"
            for each in self.commands
        )


def refuse_changes(commands: Sequence[str]) -> None:
    """Refuse whatever is not known to change nothing.

    A redirection (``show log > usb1:log.txt``, REF 2.5.3) writes a file, so it is refused as well.

    Raises:
        InputError: One of the commands may change something.
    """
    for command in commands:
        plain = _QUOTED.sub("", command)
        if "".join(plain.split()[:1]).lower() not in READING or ">" in plain:
            raise InputError(
                f"'{mask(command)}' may change something",
                hint=f"Commands that read begin with {', '.join(sorted(READING))}; "
                "--no-read-only sends any, without a guard. Use `plan` and `apply` for changes.",
            )


def execute(
    session: Session,
    commands: Sequence[str],
    *,
    read_only: bool,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Ended]:
    """Enter commands one by one and give how each ended; behind the first failure all is skipped.

    Args:
        session: Where to.
        commands: What to enter.
        read_only: Whether any text is an answer; else an error anywhere in it counts.
        timeout: Seconds for each answer.
        clock: A stop watch.
    """
    enter = session.run if read_only else session.send
    failed = False
    for command in commands:
        if failed:
            yield Ended(mask(command), Result.SKIPPED)
            continue
        started = clock()
        try:
            output = enter(command, timeout)
        except (ConsoleError, ConnectError) as error:
            failed = True
            yield _failed(command, error, clock() - started)
        else:
            yield Ended(mask(command), Result.SUCCESS, mask_text(output), clock() - started)


def enter(  # noqa: PLR0913 -- the options of `run`, by name
    entry: Router,
    inventory: Inventory,
    *,
    commands: Sequence[str],
    read_only: bool,
    timeout: float,
    accept_new_host_key: bool = False,
    handshakes: Handshakes | None = None,
) -> Answers:
    """Enter commands on one router, as administrator where the inventory knows the password.

    Raises:
        YamahaOpsError: The router cannot be asked.
    """
    session = connect(
        entry,
        state=inventory.state,
        accept_new_host_key=accept_new_host_key,
        handshakes=handshakes,
    )
    try:
        if entry.login.administrator_password:
            session.administrator()
        wide = session.wide() if read_only and session.is_administrator else nullcontext()
        with wide:
            ended = tuple(execute(session, commands, read_only=read_only, timeout=timeout))
    except BaseException:
        session.drop()
        raise
    if read_only:
        # Logging out would accept what somebody else has pending; reading must not.
        session.drop()
    else:
        session.close()
    return Answers(entry.name, ended)


def skipped(router: str, commands: Sequence[str], error: YamahaOpsError) -> Answers:
    """Return the answers of a router that could not be asked."""
    timed_out = isinstance(error, TimeoutError)
    first = Ended(
        mask(commands[0]), Result.TIME_OUT if timed_out else Result.ERROR, error=error.message
    )
    rest = (Ended(mask(command), Result.SKIPPED) for command in commands[1:])
    return Answers(router, (first, *rest), str(error))


def _failed(command: str, error: ConsoleError | ConnectError, seconds: float) -> Ended:
    result = Result.TIME_OUT if isinstance(error, IncompleteOutputError) else Result.ERROR
    said = error.output or "" if isinstance(error, CommandError) else ""
    return Ended(mask(command), result, said, seconds, said or error.message)


def _ended(text: str) -> str:
    return f"{text.rstrip()}\n" if text.strip() else ""
