"""How a change ended, in one word and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import ExitCode

if TYPE_CHECKING:
    from yamaha_ops.change.verify import Check
    from yamaha_ops.errors import YamahaOpsError


class Result(StrEnum):
    """The ways a change can end."""

    UNCHANGED = "unchanged"
    """Nothing differed; nothing was sent."""
    CHANGED = "changed"
    """Sent, verified, confirmed, saved."""
    FINISHED = "finished"
    """An interrupted change had got through; it was verified again and saved."""
    FAILED = "failed"
    """The router is as it was."""
    TAKEN_BACK = "taken back"
    """The change was made, did not verify, and was taken back: the router is as it was."""
    SKIPPED = "skipped"
    """Not begun: a rollout stopped before."""
    INCOMPLETE = "incomplete"
    """The configuration is as wanted; a Lua script beside it is not."""
    UNKNOWN = "unknown"
    """Neither the old nor the wanted configuration was found: a person must look."""


EXIT_CODES = {
    Result.UNCHANGED: ExitCode.DONE,
    Result.CHANGED: ExitCode.DONE,
    Result.FINISHED: ExitCode.DONE,
    Result.FAILED: ExitCode.FAILED,
    Result.TAKEN_BACK: ExitCode.TAKEN_BACK,
    Result.SKIPPED: ExitCode.FAILED,
    Result.INCOMPLETE: ExitCode.FAILED,
    Result.UNKNOWN: ExitCode.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class ScriptResult:
    """What became of one Lua script beside the commands.

    Attributes:
        path: Where it lies on the router.
        done: What was done, in a word: ``delivered``, ``started``, ``removed``, ``failed`` ...
        reason: One sentence for a person.
        exit_code: What it means for the whole.
    """

    path: str
    done: str
    reason: str = ""
    exit_code: ExitCode = ExitCode.DONE

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"path": self.path, "done": self.done, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one change on one router.

    Attributes:
        router: Inventory name.
        result: The word for it.
        reason: One sentence for a person.
        commands: How many commands the plan had.
        checks: The last round of verification, if it came to that.
        scripts: What became of Lua scripts beside the commands.
    """

    router: str
    result: Result
    reason: str
    commands: int = 0
    checks: tuple[Check, ...] = ()
    scripts: tuple[ScriptResult, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Return the contract's exit code."""
        return max(
            EXIT_CODES[self.result], *(each.exit_code for each in self.scripts), ExitCode.DONE
        )

    def as_json(self) -> dict[str, Any]:
        """Return plain data for ``--json``."""
        return {
            "router": self.router,
            "result": self.result.value,
            "reason": self.reason,
            "commands": self.commands,
            "checks": [check.as_json() for check in self.checks],
            **({"scripts": [each.as_json() for each in self.scripts]} if self.scripts else {}),
        }


def failed(router: str, error: YamahaOpsError | None) -> Outcome:
    """Return the end that an error means: nothing was sent, or nobody knows."""
    if error is None:
        return Outcome(router, Result.FAILED, "")
    known = error.exit_code is not ExitCode.UNKNOWN
    return Outcome(router, Result.FAILED if known else Result.UNKNOWN, error.explain())
