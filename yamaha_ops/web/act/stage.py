"""How far a change has come, and where it may go from there."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from yamaha_ops.change.outcome import EXIT_CODES as EXIT_CODES_OF
from yamaha_ops.change.outcome import Result


class Stage(StrEnum):
    """The stages of a change; the ends have the command line's words."""

    DRAFT = "draft"
    """It may be edited; no plan counts."""
    PLANNED = "planned"
    """A plan was made and can be looked at."""
    APPROVED = "approved"
    """Somebody else has approved exactly that plan."""
    APPLYING = "applying"
    """Under way on the router."""
    CHANGED = "changed"
    TAKEN_BACK = "taken back"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    """The configuration is as wanted, a script beside it is not."""
    UNKNOWN = "unknown"
    """A person must look; then the journal may be asked again."""
    WITHDRAWN = "withdrawn"


MOVES: Final[dict[Stage, frozenset[Stage]]] = {
    Stage.DRAFT: frozenset({Stage.DRAFT, Stage.PLANNED, Stage.WITHDRAWN}),
    Stage.PLANNED: frozenset(
        {Stage.DRAFT, Stage.PLANNED, Stage.APPROVED, Stage.APPLYING, Stage.WITHDRAWN}
    ),
    Stage.APPROVED: frozenset({Stage.DRAFT, Stage.PLANNED, Stage.APPLYING, Stage.WITHDRAWN}),
    # Back to a draft where the plan turned out to be another one: nothing was sent then.
    Stage.APPLYING: frozenset(
        {
            Stage.DRAFT,
            Stage.CHANGED,
            Stage.TAKEN_BACK,
            Stage.FAILED,
            Stage.INCOMPLETE,
            Stage.UNKNOWN,
        }
    ),
    Stage.UNKNOWN: frozenset({Stage.APPLYING}),
    Stage.CHANGED: frozenset(),
    Stage.TAKEN_BACK: frozenset(),
    Stage.FAILED: frozenset(),
    Stage.INCOMPLETE: frozenset(),
    Stage.WITHDRAWN: frozenset(),
}

OPEN: Final = frozenset({Stage.DRAFT, Stage.PLANNED, Stage.APPROVED, Stage.APPLYING, Stage.UNKNOWN})
"""Stages of a change that others should know of before they begin one of their own."""

ENDS: Final = {
    Result.UNCHANGED: Stage.CHANGED,
    Result.CHANGED: Stage.CHANGED,
    Result.FINISHED: Stage.CHANGED,
    Result.FAILED: Stage.FAILED,
    Result.TAKEN_BACK: Stage.TAKEN_BACK,
    Result.SKIPPED: Stage.FAILED,
    Result.INCOMPLETE: Stage.INCOMPLETE,
    Result.UNKNOWN: Stage.UNKNOWN,
}
"""Where an outcome leads."""

EXIT_CODES: Final = {ENDS[result]: EXIT_CODES_OF[result] for result in reversed(Result)}
"""The command line's exit codes of the stages at which a change is over."""
