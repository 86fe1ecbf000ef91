"""What takes a change back when nobody is left to do it: a timer that lives on the router.

The best one the model and revision offer is chosen, and the reason is kept with it, so that a
person can see why. Each guard knows how to be armed, how to be accepted, and which lines it adds
to the running configuration itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from yamaha_ops import firmware
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Collection

    from yamaha_ops.config import Configuration, Setting
    from yamaha_ops.router import Session

SECONDS_PER_COMMAND = 2.0
"""Time allowed for one command to be sent and answered over a slow line."""
MARGIN_SECONDS = 60.0
"""Time allowed for reading the configuration twice, logging in again, confirming and saving."""
SHORTEST_SECONDS = 120
"""Never less, though ``rollback timer`` takes 1: REF 56.7.30 sets this floor for ``load``."""
LONGEST_RESTART_SECONDS = 3600
"""The longest delay that ``schedule at ID +SECONDS`` takes (REF 37.1)."""


class Guard(Protocol):
    """A way back that works without us."""

    @property
    def name(self) -> str:
        """One of :data:`CHOICES`."""
        ...

    @property
    def identity(self) -> int:
        """The number of the schedule it uses; 0 where it uses none."""
        ...

    @property
    def seconds_matter(self) -> bool:
        """Whether it fires by itself, so that a recovery has to wait for it."""
        ...

    @property
    def reason(self) -> str:
        """Why this one was chosen, for a person."""
        ...

    def arm(self, session: Session, seconds: int) -> None:
        """Start it; from now on the router goes back by itself after so many seconds."""
        ...

    def accept(self, session: Session) -> None:
        """Stop it: the change stays."""
        ...

    def without(self, running: Configuration) -> Configuration:
        """Return the running configuration without what the guard put there."""
        ...

    def clear(self, session: Session, running: Configuration) -> None:
        """Remove what a guard of an earlier run left in the configuration, if anything."""
        ...


@dataclass(frozen=True, slots=True)
class RollbackTimer:
    """``rollback timer`` and ``confirm``: the router's own commit-confirm (REF 56.7.31-32).

    It must not be armed a second time once something was changed: only the last timer counts, and
    it brings back what stood when *it* was started.
    """

    reason: str
    name: str = "rollback-timer"
    identity: int = 0
    seconds_matter: bool = True

    def arm(self, session: Session, seconds: int) -> None:
        """Start the timer on this console; a logout from it would accept the change."""
        session.send(f"rollback timer {seconds}")

    def accept(self, session: Session) -> None:
        """Stop the timer, on the console that started it."""
        session.send("confirm")

    def without(self, running: Configuration) -> Configuration:
        """Return it unchanged: the timer is not part of the configuration."""
        return running

    def clear(self, session: Session, running: Configuration) -> None:
        """Do nothing: a timer ends with its console, or has fired."""


@dataclass(frozen=True, slots=True)
class ScheduledRestart:
    """``schedule at ID +SECONDS * restart`` with nothing saved (REF 37.1, Yamaha's own example).

    Cruder than a timer: going back costs a restart, and whatever somebody else left unsaved.
    """

    reason: str
    identity: int
    name: str = "scheduled-restart"
    seconds_matter: bool = True

    def arm(self, session: Session, seconds: int) -> None:
        """Schedule the restart."""
        bounded = min(seconds, LONGEST_RESTART_SECONDS)
        session.send(f"schedule at {self.identity} +{bounded} * restart")

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


@dataclass(frozen=True, slots=True)
class NoGuard:
    """Nothing: the user insisted."""

    reason: str
    name: str = "none"
    identity: int = 0
    seconds_matter: bool = False

    def arm(self, session: Session, seconds: int) -> None:
        """Do nothing."""

    def accept(self, session: Session) -> None:
        """Do nothing."""

    def without(self, running: Configuration) -> Configuration:
        """Return it unchanged."""
        return running

    def clear(self, session: Session, running: Configuration) -> None:
        """Do nothing."""


GUARD_FEATURES: dict[str, str] = {
    "rollback-timer": "rollback-timer",
    "scheduled-restart": "schedule-after",
}
"""The guards, best first, and the firmware feature that each needs."""

CHOICES = ("auto", *GUARD_FEATURES, "none")
_HIGHEST_SCHEDULE = 99


def choose(
    model: str,
    revision: str,
    wanted: str = "auto",
    *,
    router: str = "",
    taken: Collection[int] = (),
) -> Guard:
    """Choose the guard for a router.

    Args:
        model: As in the login banner, ``RTX830``.
        revision: As in the login banner, ``Rev.15.02.09``.
        wanted: One of :data:`CHOICES`; ``auto`` takes the best there is.
        router: For the message.
        taken: Schedule numbers that are in use or about to be.

    Raises:
        PlanError: The router has no guard, or not the one asked for.
    """
    if wanted == "none":
        return NoGuard("asked for: nothing takes the change back")
    current = firmware.Revision.parse(revision)
    for name, feature in GUARD_FEATURES.items():
        if wanted in ("auto", name) and firmware.supports(feature, model, current):
            first = firmware.since(feature, model)
            reason = f"{model} has it from Rev.{first} on, this is Rev.{current}"
            return by_name(name, _free(taken), reason)
    needed = GUARD_FEATURES.get(wanted, "rollback-timer")
    first = firmware.since(needed, model)
    cure = f"It needs Rev.{first}: update the firmware" if first else f"The {model} has none"
    raise PlanError(
        f"Rev.{current} of the {model} has no guard that could take the change back"
        if wanted == "auto"
        else f"Rev.{current} of the {model} cannot do the guard {wanted}",
        router=router or None,
        hint=f"{cure}, or insist with --guard none and stay beside the router.",
    )


def by_name(name: str, identity: int, reason: str) -> Guard:
    """Return a guard by the name and number that a journal has."""
    if name == "rollback-timer":
        return RollbackTimer(reason)
    return ScheduledRestart(reason, identity) if name == "scheduled-restart" else NoGuard(reason)


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
