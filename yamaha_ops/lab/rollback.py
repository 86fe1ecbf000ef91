"""The rollback timer: a change takes itself back unless it is accepted (REF 56.7.30-32)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.clock import Clock, Timer

FIDELITY: Final = (
    documented(
        "Rollback timer or login timer runs out: the configuration of before", "REF 56.7.31"
    ),
    documented(
        "`confirm`, `save`, logging out, `restart`, a `load` without the option accept",
        "REF 56.7.31",
    ),
    documented("One timer a console; the last command counts", "REF 56.7.31"),
    assumed(
        "Arming again keeps the configuration of the second time as the one to go back to",
        "REF says only the last command's timer counts",
    ),
    assumed(
        "A cut line accepts nothing: both timers run on and the first one takes the change back",
        "REF does not speak of cut lines; the login timer is its way back",
    ),
    assumed("Leaving administrator level does not accept", "REF says log out"),
    assumed("`confirm` and `save` stop the timer of their own console only", "one timer a console"),
    assumed(
        "Going back restores the running configuration only; saved slots stay as they are",
        "REF speaks of the configuration before the command",
    ),
)


@dataclass(frozen=True, slots=True)
class Before:
    """What to go back to: the configuration's text, and whether it was saved."""

    text: str
    changed: bool


class Rollback:
    """The timer of one console."""

    __slots__ = ("_armed", "_clock", "_restore", "_timer")

    def __init__(self, clock: Clock, restore: Callable[[Before], None]) -> None:
        self._clock = clock
        self._restore = restore
        self._armed: Before | None = None
        self._timer: Timer | None = None

    @property
    def armed(self) -> bool:
        """Tell whether a change is waiting to be accepted."""
        return self._armed is not None

    def arm(self, before: Before, seconds: float) -> None:
        """Start the timer; one that runs already is forgotten."""
        self.accept()
        self._armed = before
        self._timer = self._clock.later(seconds, self.fire)

    def accept(self) -> None:
        """Stop the timer: the change stays."""
        if self._timer is not None:
            self._timer.cancel()
        self._armed = self._timer = None

    def fire(self) -> None:
        """Take the change back, if one is waiting."""
        before = self._armed
        self.accept()
        if before is not None:
            self._restore(before)
