"""What takes a change back when nobody is left to do it: a timer that lives on the router.

The best one the model and revision offer is chosen, and the reason is kept with it, so that a
person can see why. Each guard knows how to be armed, how to be accepted, and what it puts on the
router itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from yamaha_ops import firmware
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Collection

    from yamaha_ops.config import Configuration, Setting
    from yamaha_ops.router import Session

SECONDS_PER_COMMAND: Final = 2.0
"""Time allowed for one command to be sent and answered over a slow line."""
MARGIN_SECONDS: Final = 60.0
"""Time allowed for reading the configuration twice, logging in again, confirming and saving."""
SHORTEST_SECONDS: Final = 120
"""Never less, though ``rollback timer`` takes 1: REF 56.7.30 sets this floor for ``load``."""
LONGEST_TIMER_SECONDS: Final = 21_474_836
"""The longest that ``rollback timer`` takes (REF 56.7.31)."""
LONGEST_RESTART_SECONDS: Final = 3600
"""The longest delay that ``schedule at ID +SECONDS`` takes (REF 37.1)."""


@dataclass(frozen=True, slots=True)
class Guard:
    """A way back that works without us. This one is none: the user insisted.

    Attributes:
        reason: Why this one was chosen, for a person.
        identity: The number of the schedule it uses; 0 where it uses none.
        name: One of :data:`CHOICES`.
        fires: Whether it goes back by itself, so that a recovery has to wait for it.
        longest: The most seconds that it can wait.
        late: How many seconds after it was armed it may begin to count.
        sends: Whether arming it makes the whole change, by the router itself.
        can_rearm: Whether arming it again in the middle of a change keeps the way back.
    """

    reason: str
    identity: int = 0
    name: ClassVar[str] = "none"
    fires: ClassVar[bool] = False
    longest: ClassVar[int] = LONGEST_TIMER_SECONDS
    late: ClassVar[float] = 0.0
    sends: ClassVar[bool] = False
    can_rearm: ClassVar[bool] = False

    def prepare(self, session: Session) -> None:
        """Bring to the router what arming needs; what runs stays as it is.

        Raises:
            PlanError: The router will not have it; another guard may do.
        """

    def arm(self, session: Session, seconds: int) -> None:
        """Start it; from now on the router goes back by itself after so many seconds."""

    def accept(self, session: Session) -> None:
        """Stop it, on the console that started it: the change stays."""

    def tidy(self, session: Session) -> None:
        """Take away what :meth:`prepare` brought.

        Raises:
            CommandError: The router keeps it.
        """

    def without(self, running: Configuration) -> Configuration:
        """Return the running configuration without what the guard put there."""
        return running

    def clear(self, session: Session, running: Configuration) -> None:
        """Remove from the configuration what an interrupted run left there, if anything."""


class RollbackTimer(Guard):
    """``rollback timer`` and ``confirm``: the router's own commit-confirm (REF 56.7.31-32).

    It is never armed a second time once something was changed: only the timer of the last command
    counts, and it brings back what stood before *that* command.
    """

    __slots__ = ()
    name = "rollback-timer"
    fires = True

    def arm(self, session: Session, seconds: int) -> None:
        """See :class:`Guard`. A logout from this console would accept the change."""
        session.send(f"rollback timer {seconds}")

    def accept(self, session: Session) -> None:
        """See :class:`Guard`."""
        session.send("confirm")


class ScheduledRestart(Guard):
    """``schedule at ID +SECONDS * restart`` with nothing saved (REF 37.1, Yamaha's own example).

    Cruder than a timer: going back costs a restart, and whatever somebody else left unsaved. But
    what it brings back is what is saved, so it may be scheduled anew under the same number.
    """

    __slots__ = ()
    name = "scheduled-restart"
    fires = True
    longest = LONGEST_RESTART_SECONDS
    can_rearm = True

    def arm(self, session: Session, seconds: int) -> None:
        """See :class:`Guard`."""
        session.send(f"schedule at {self.identity} +{seconds} * restart")

    def accept(self, session: Session) -> None:
        """Take the schedule away; saved with it, the router would restart for ever."""
        session.send(f"no schedule at {self.identity}")

    def without(self, running: Configuration) -> Configuration:
        """Return it without our schedule line."""
        return running.without(self._is_ours)

    def clear(self, session: Session, running: Configuration) -> None:
        """Take a schedule away that an interrupted run left."""
        if any(map(self._is_ours, running.settings.values())):
            self.accept(session)

    def _is_ours(self, setting: Setting) -> bool:
        words = setting.line.split()
        return words[:3] == ["schedule", "at", str(self.identity)] and words[3].startswith("+")


AUTO: Final = "auto"
"""The best guard there is."""
LOAD: Final = "load"
"""The name of the guard in :mod:`yamaha_ops.change.loading`."""
GUARD_FEATURES: Final[dict[str, str]] = {
    "rollback-timer": "rollback-timer",
    "scheduled-restart": "schedule-after",
}
"""The guards of commands sent one by one, best first, and the firmware feature that each needs."""
CHOICES: Final = (AUTO, LOAD, *GUARD_FEATURES, "none")
"""What a user may ask for."""
_HIGHEST_SCHEDULE: Final = 99


def choose(
    model: str,
    revision: str,
    wanted: str = AUTO,
    *,
    router: str = "",
    taken: Collection[int] = (),
) -> Guard:
    """Choose the guard of commands that are sent one by one.

    Args:
        model: As in the login banner, ``RTX830``.
        revision: As in the login banner, ``Rev.15.02.09``.
        wanted: One of :data:`CHOICES` but ``load``; ``auto`` takes the best there is.
        router: For the message.
        taken: Schedule numbers that are in use or about to be.

    Raises:
        PlanError: The router has no guard, or not the one asked for.
    """
    if wanted == Guard.name:
        return Guard("asked for: nothing takes the change back")
    current = firmware.Revision.parse(revision)
    for name, feature in GUARD_FEATURES.items():
        if wanted in (AUTO, name) and firmware.supports(feature, model, current):
            first = firmware.since(feature, model)
            reason = f"{model} has it from Rev.{first} on, this is Rev.{current}"
            return by_name(name, _free(taken), reason)
    needed = GUARD_FEATURES.get(wanted, "rollback-timer")
    first = firmware.since(needed, model)
    cure = f"It needs Rev.{first}: update the firmware" if first else f"The {model} has none"
    raise PlanError(
        f"Rev.{current} of the {model} has no guard that could take the change back"
        if wanted == AUTO
        else f"Rev.{current} of the {model} cannot do the guard {wanted}",
        router=router or None,
        hint=f"{cure}, or insist with --guard none and stay beside the router.",
    )


def by_name(name: str, identity: int, reason: str) -> Guard:
    """Return a guard of commands sent one by one, by the name and number that a journal has."""
    kinds = {kind.name: kind for kind in (RollbackTimer, ScheduledRestart, Guard)}
    return kinds[name](reason, identity)


def schedules(*configurations: Configuration) -> frozenset[int]:
    """Return the schedule numbers that configurations use."""
    return frozenset(
        int(words[2])
        for configuration in configurations
        for key in configuration.settings
        if (words := key.words.split())[:2] == ["schedule", "at"] and words[2].isdecimal()
    )


def _free(taken: Collection[int]) -> int:
    return next(number for number in range(_HIGHEST_SCHEDULE, 0, -1) if number not in taken)


def needed_seconds(commands: int, verification_seconds: float) -> int:
    """Return how long the guard has to wait for a change of so many commands."""
    needed = commands * SECONDS_PER_COMMAND + verification_seconds + MARGIN_SECONDS
    return max(SHORTEST_SECONDS, int(needed))
