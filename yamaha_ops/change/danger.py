"""What a plan must not do unless the user names it: reset interfaces, lock everybody out ..."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.config import Circumstances, Configuration, Interpreter, check
from yamaha_ops.config.check import Level
from yamaha_ops.config.check.access import check_access
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yamaha_ops.config import Command, Finding


@dataclass(frozen=True, slots=True)
class Danger:
    """One thing that a plan would do to the router or its people.

    Attributes:
        name: What to write behind ``--allow``: a check's code (``lock-out``) or the command.
        reason: What would happen.
    """

    name: str
    reason: str


def find_dangers(
    running: Configuration, commands: Iterable[Command], where: Circumstances
) -> tuple[Danger, ...]:
    """Return what is dangerous about sending ``commands``.

    Commands that disturb more than what they set; errors that ``config check`` finds in the result
    and did not find before; and lock-out, looked for after *every* command, because a path that is
    closed half-way leaves nobody to send the rest.

    Args:
        running: What the router runs now.
        commands: The plan.
        where: Model, revision, who must be able to log in, which findings are accepted.
    """
    commands = tuple(commands)
    # A PP or tunnel that goes down while it is changed ("act") is a risk to show, no danger.
    dangers = [
        Danger(command.masked, command.risk)
        for command in commands
        if command.risk and command.action != "act"
    ]
    interpreter = Interpreter(running)
    known = {_identity(finding) for finding in check(running, where)}
    told: set[str] = set()
    for command in commands:
        for line in command.line.split("\n"):
            interpreter.execute(line)
        if where.management and "lock-out" not in told:
            for finding in _new(check_access(interpreter.configuration, where), known):
                told.add(finding.code)
                reason = f"after {command.masked!r}: {finding.reason}; {finding.remedy}"
                dangers.append(Danger(finding.code, reason))
    dangers += [
        Danger(finding.code, f"{finding.reason}; {finding.remedy}")
        for finding in _new(check(interpreter.configuration, where), known)
        if finding.code not in told and finding.level is Level.ERROR and not finding.accepted
    ]
    return tuple(dangers)


def refuse_dangers(dangers: Iterable[Danger], allowed: Iterable[str], *, router: str) -> None:
    """Refuse a plan with dangers that were not named.

    Raises:
        PlanError: Nothing was sent; the message says what to write to allow it.
    """
    named = {name.strip().casefold() for name in allowed}
    left = [danger for danger in dangers if danger.name.casefold() not in named]
    if left:
        raise PlanError(
            f"the plan is dangerous: {left[0].name}: {left[0].reason}"
            + (f" (and {len(left) - 1} more)" if left[1:] else ""),
            router=router,
            hint=f"If that is meant, name it: --allow {left[0].name!r}. Nothing was sent.",
        )


def _new(findings: Iterable[Finding], known: set[tuple[str, str]]) -> Iterator[Finding]:
    return (finding for finding in findings if _identity(finding) not in known)


def _identity(finding: Finding) -> tuple[str, str]:
    return finding.code, finding.command or finding.reason
