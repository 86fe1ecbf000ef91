"""A router in one row: what it is, what it runs, since when, when it was last spoken to."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from yamaha_ops.facts.asking import lines_of, record_of
from yamaha_ops.status.environment import Environment
from yamaha_ops.status.lan import Lan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.facts.asking import Ask

LANS = ("lan1", "lan2", "lan3")
LICENCES = "show status license"
"""RTX830: from Rev.15.02.13 on (REF 58.69). How it looks was never seen: lines are kept as they
are."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a router; what it did not tell is None.

    Attributes:
        router: Inventory name.
        last_contact: When it said all this, in seconds since 1970.
        model: As the router says it.
        firmware: As the router says it, with ``Rev.``.
        serial: Of the device.
        mac_addresses: By LAN interface.
        uptime_seconds: Since it started.
        boot_time: When it started, by its own clock, ISO 8601.
        licences: Lines about licences, as printed; empty where it has none.
        labels: Of the inventory.
    """

    router: str
    last_contact: float
    model: str | None = None
    firmware: str | None = None
    serial: str | None = None
    mac_addresses: Mapping[str, str] = field(default_factory=dict)
    uptime_seconds: int | None = None
    boot_time: str | None = None
    licences: tuple[str, ...] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return plain data; the time is ISO 8601."""
        last_contact = datetime.fromtimestamp(self.last_contact, UTC).isoformat()
        return {**asdict(self), "last_contact": last_contact}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what :meth:`as_json` gave.

        Raises:
            KeyError, TypeError, ValueError: It is something else.
        """
        licences = data["licences"]
        return cls(
            **{
                **data,
                "last_contact": datetime.fromisoformat(data["last_contact"]).timestamp(),
                "licences": None if licences is None else tuple(licences),
            }
        )


def read_facts(ask: Ask, router: str, labels: Mapping[str, str], now: float) -> Facts:
    """Ask a router.

    Args:
        ask: Enters a show command.
        router: Inventory name.
        labels: Of the inventory.
        now: Seconds since 1970.

    Raises:
        ConnectError, ConsoleError: The dialogue failed.
    """
    environment = record_of(ask, "show environment", Environment) or Environment()
    lans = {name: record_of(ask, f"show status {name}", Lan) for name in LANS}
    return Facts(
        router,
        now,
        environment.model,
        environment.firmware,
        environment.serial,
        {name: lan.mac_address for name, lan in lans.items() if lan and lan.mac_address},
        environment.uptime_seconds,
        environment.boot_time.isoformat() if environment.boot_time else None,
        lines_of(ask, LICENCES),
        dict(labels),
    )
