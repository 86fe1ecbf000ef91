"""What the running configuration tells: its hash, what is unsaved, how far it drifted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration, difference
from yamaha_ops.health.interfaces import Interfaces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from yamaha_ops.router import Session

_STATIC = "nat descriptor masquerade static"


@dataclass(frozen=True, slots=True)
class ConfigurationState:
    """The running configuration in a few numbers.

    Attributes:
        digest: SHA-256 of its meaning, in hexadecimal.
        settings: How many settings it has.
        interfaces: The tunnels and PPs it sets up.
        static_forwards: Static masquerade entries by NAT descriptor.
        unsaved: Whether a restart would bring another configuration; None where it cannot be told.
        drift: Commands from here to the wanted configuration; None where none is known.
        time: When it was read, in seconds since 1970.
    """

    digest: str
    settings: int
    interfaces: Interfaces
    static_forwards: Mapping[int, int]
    unsaved: bool | None = None
    drift: int | None = None
    time: float = 0.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compare the running configuration with.

    Attributes:
        configuration: What the inventory and templates give, for the drift.
        administrator_password: Gives the password that ``show config difference`` asks for.
    """

    configuration: Configuration | None = None
    administrator_password: Callable[[], str] | None = field(default=None, repr=False)


def read_configuration(
    session: Session, wanted: Wanted, *, time: float
) -> tuple[Configuration, ConfigurationState]:
    """Read the running configuration and compare it with the wanted one.

    Args:
        session: A session that can step up to administrator level.
        wanted: What to compare with.
        time: When.

    Raises:
        AuthenticationError: There is no administrator password, or it is wrong.
        ConfigError: The text is not a configuration.
        ConnectError, ConsoleError: The dialogue failed.
    """
    running = Configuration.parse(session.configuration(), source=session.router)
    goal = wanted.configuration
    return running, ConfigurationState(
        digest=running.digest,
        settings=len(running.settings),
        interfaces=Interfaces.configured(running),
        static_forwards=_static_forwards(running),
        drift=len(difference(running, goal).commands) if goal else None,
        time=time,
    )


def _static_forwards(running: Configuration) -> dict[int, int]:
    """Count ``nat descriptor masquerade static DESCRIPTOR ID ...`` (REF 23.9)."""
    counts: dict[int, int] = {}
    for key in running.settings:
        words = key.words.removeprefix(_STATIC).split()
        if key.words.startswith(_STATIC) and words and words[0].isdecimal():
            counts[int(words[0])] = counts.get(int(words[0]), 0) + 1
    return counts
