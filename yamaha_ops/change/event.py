"""What a change tells whoever watches it. The change itself prints nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How an event is to be taken."""

    STEP = "step"
    """Something was done."""
    PROGRESS = "progress"
    """Something is under way: ``done`` of ``total``."""
    WARNING = "warning"
    """Something a person should know, though the change goes on."""
    FAILURE = "failure"
    """Something went wrong; what follows takes the change back."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened during a change.

    Attributes:
        router: The router's inventory name.
        kind: How to take it.
        text: One line for a person, without secrets.
        done: With PROGRESS, how much is done.
        total: With PROGRESS, out of how much.
        unit: With PROGRESS, of what: ``bytes``; commands if empty.
    """

    router: str
    kind: Kind
    text: str
    done: int = 0
    total: int = 0
    unit: str = ""


Report = Callable[[Event], None]


def silent(event: Event) -> None:
    """Report to nobody."""
    del event
