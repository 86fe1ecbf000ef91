"""What the running configuration tells: its hash, what is unsaved, how far it drifted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration, difference
from yamaha_ops.errors import CommandError, SecretError
from yamaha_ops.health.interfaces import Interfaces
from yamaha_ops.router import password

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
        unsaved: Whether a restart would bring another configuration; None where it cannot be told
            (firmware before Rev.15.02.03, or a password is missing).
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
class Passwords:
    """What ``show config difference`` asks for where the saved configuration holds passwords.

    Attributes:
        login: Gives the login password.
        administrator: Gives the administrator password.
    """

    login: Callable[[], str] = field(default=str, repr=False)
    administrator: Callable[[], str] = field(default=str, repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compare the running configuration with.

    Attributes:
        configuration: What the inventory and templates give, for the drift.
        passwords: For the comparison with the saved one.
    """

    configuration: Configuration | None = None
    passwords: Passwords = Passwords()


def read_configuration(
    session: Session, wanted: Wanted, *, slot: str | None, time: float
) -> ConfigurationState:
    """Read and compare the running configuration.

    Args:
        session: A session that can step up to administrator level.
        wanted: What to compare with.
        slot: The file the router started from (``config0``), if known: what a restart brings back.
        time: When.

    Raises:
        AuthenticationError: There is no administrator password, or it is wrong.
        ConfigError: The text is not a configuration.
        ConnectError, ConsoleError: The dialogue failed.
    """
    running = Configuration.parse(session.configuration(), source=session.router)
    goal = wanted.configuration
    return ConfigurationState(
        digest=running.digest,
        settings=len(running.settings),
        interfaces=Interfaces.configured(running),
        static_forwards=_static_forwards(running),
        unsaved=_unsaved(session, wanted.passwords, slot),
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


def _unsaved(session: Session, passwords: Passwords, slot: str | None) -> bool | None:
    """Ask for the commands between the running and the saved configuration (REF 57.7).

    It asks for passwords where the saved configuration holds some.
    """
    number = (slot or "").removeprefix("config")
    if not number:
        return None
    try:
        replies = [password(passwords.login()), password(passwords.administrator())]
        answer = session.send(f"show config difference {number}", replies=replies)
    except (CommandError, SecretError):
        return None
    return bool(answer.strip())
