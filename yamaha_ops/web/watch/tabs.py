"""The tabs of a router's page: YNO's device page, over records where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab.

    Attributes:
        name: In the address; ``tab.NAME`` in the words.
        commands: How the commands begin whose records it shows.
        question: What is asked on request instead, where no round asks it.
        administrator: Whether the router answers that to its administrator only.
    """

    name: str
    commands: tuple[str, ...] = ()
    question: str | None = None
    administrator: bool = False

    def records(self, record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Give command and record of everything that belongs here."""
        for command, each in record.get("records", {}).items():
            if any(command == start or command.startswith(f"{start} ") for start in self.commands):
                yield command, each

    def missing(self, record: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
        """Give the commands of this tab that have no record, with what the router said instead."""
        told: dict[str, str | None] = dict.fromkeys(record.get("unsupported", ()))
        told |= record.get("failed", {})
        for command, said in told.items():
            if any(command == start or command.startswith(f"{start} ") for start in self.commands):
                yield command, said


OVERVIEW: Final = "overview"

TABS: Final = (
    Tab(OVERVIEW),
    Tab("environment", ("show environment",)),
    Tab("lan", ("show status lan1", "show status lan2", "show status lan3", "show arp")),
    Tab("pp", ("show status pp",)),
    Tab("tunnel", ("show status tunnel", "show ipsec sa")),
    Tab("nat", ("show nat descriptor address", "show nat descriptor masquerade session")),
    Tab("routes", ("show ip route", "show ipv6 route")),
    Tab("ipv6", ("show ipv6 address", "show status ipv6 dhcp")),
    Tab("dhcp", ("show status dhcp",)),
    Tab("services", ("show status lua", "show status yno")),
    Tab("boot", question="show status boot"),
    Tab("log", question="show log reverse"),
    Tab("memory", question="show status external-memory"),
    Tab("files", question="show file list / all"),
    Tab("techinfo", question="show techinfo", administrator=True),
)
"""``show nat descriptor address detail`` and ``show ip route detail`` of YNO's page are not among
them: the first slows the router's traffic down (REF 58.14)."""

BY_NAME: Final = {tab.name: tab for tab in TABS}
