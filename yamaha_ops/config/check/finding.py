"""What a check finds, and the list of everything it can find."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv6Address

    from yamaha_ops.firmware import Revision


class Level(StrEnum):
    """How bad a finding is: an error would not work or is dangerous."""

    ERROR = "error"
    WARNING = "warning"


CODES: dict[str, tuple[Level, str]] = {
    "unknown": (Level.ERROR, "no such command"),
    "form": (Level.ERROR, "the parameters of a command are too few, too many or unreadable"),
    "context": (Level.ERROR, "a PP, tunnel or switch command outside of its context"),
    "overwritten": (Level.WARNING, "a setting that a later line gives another value"),
    "model": (Level.ERROR, "a command that this model does not have"),
    "firmware": (Level.ERROR, "a command or value that this revision does not have yet"),
    "line-length": (Level.ERROR, "a line of more than 4095 characters (REF 1.5)"),
    "number": (Level.WARNING, "a PP or tunnel number that needs an extension licence"),
    "undefined": (Level.ERROR, "a filter, descriptor or other object that is used, not defined"),
    "unused": (Level.WARNING, "a filter, descriptor or other object that nothing uses"),
    "duplicate-filter": (Level.WARNING, "two filters that say the same"),
    "shadowed-filter": (Level.WARNING, "a filter that an earlier one of its list hides"),
    "too-many-filters": (Level.ERROR, "more filters in one direction than the router takes"),
    "tunnel-blocked": (Level.ERROR, "the line's IPv6 filters stop IPv4 over IPv6 (protocol 4)"),
    "forward-port": (Level.ERROR, "a port forward outside the ports of a MAP-E line"),
    "open-service": (Level.ERROR, "a management service that the Internet can reach"),
    "open-resolver": (Level.ERROR, "a DNS resolver that the Internet can reach"),
    "plain-password": (Level.WARNING, "a password of the router in plain text"),
    "default-community": (Level.WARNING, "SNMP with the community 'public'"),
    "recovery-phrase": (Level.WARNING, "the phrase of the manual opens the serial port"),
    "lock-out": (Level.ERROR, "the management host could not log in any more"),
}
"""Every code with its level and what it is about; ``docs/config.md`` has examples."""


class Ports(Protocol):
    """The ports of a line, as :class:`yamaha_ops.mape.PortSet` has them."""

    def __contains__(self, port: int) -> bool:
        """Say whether a port belongs to the line."""
        ...

    def nearest(self, port: int) -> int:
        """Return the nearest port that does."""
        ...


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a check cannot see in the configuration itself.

    Attributes:
        model: Such as ``RTX830``; the header of the text says it where this does not.
        revision: Likewise.
        management: Addresses that must be able to log in.
        service: How they log in: ``ssh`` or ``telnet``.
        ports: The ports of the line, if it shares its address.
        accepted: Reasons for findings that are known and meant to stay: by code, or by
            ``code:line as the router spells it`` for one line only.
    """

    model: str | None = None
    revision: Revision | None = None
    management: tuple[IPv4Address | IPv6Address, ...] = ()
    service: str = "ssh"
    ports: Ports | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem.

    Attributes:
        code: Which kind; a key of ``CODES``.
        line: Where, from 1; 0 for what is missing altogether.
        command: The line, without its secrets; empty for what is missing altogether.
        reason: What is wrong, in one sentence.
        remedy: The way out.
        accepted: Why it may stay, if somebody said so.
    """

    code: str
    line: int
    command: str
    reason: str
    remedy: str
    accepted: str | None = None

    @property
    def level(self) -> Level:
        """Error or warning."""
        return CODES[self.code][0]
