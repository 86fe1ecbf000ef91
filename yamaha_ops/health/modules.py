"""Which questions one round asks: named sets, from cheap to complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.health.interfaces import Interfaces


@dataclass(frozen=True, slots=True)
class Module:
    """A set of questions.

    Attributes:
        name: What ``/probe?module=`` and ``--module`` call it.
        help: One line for people.
        commands: Show commands; ``{lan}``, ``{tunnel}`` and ``{pp}`` are asked for each interface.
        configuration: Whether the running configuration is read too. It needs the administrator
            password, and borrows console settings for a moment.
    """

    name: str
    help: str
    commands: tuple[str, ...]
    configuration: bool = False

    def questions(self, interfaces: Interfaces) -> Iterator[str]:
        """Spell out the commands for the interfaces that a router has."""
        for command in self.commands:
            if "{lan}" in command:
                yield from (command.format(lan=name) for name in interfaces.lans)
            elif "{tunnel}" in command:
                yield from (command.format(tunnel=number) for number in interfaces.tunnels)
            elif "{pp}" in command:
                yield from (command.format(pp=number) for number in interfaces.pps)
            else:
                yield command


_ALIVE = ("show environment",)
_LINE = (
    *_ALIVE,
    "show ip route",
    "show nat descriptor address",
    "show nat descriptor masquerade session summary",
    "show ipv6 address",
    "show status tunnel {tunnel}",
    "show status pp {pp}",
)
_STANDARD = (
    *_LINE,
    "show status {lan}",
    "show status dhcp",
    "show status ipv6 dhcp",
    "show ip route summary",
    "show ipv6 route summary",
    "show arp",
    "show ipsec sa",
    "show status lua",
    "show status yno",
)

STANDARD = Module("standard", "everything but the configuration", _STANDARD)

MODULES = {
    module.name: module
    for module in (
        Module("alive", "load, clock and firmware: one command", _ALIVE),
        Module("line", "the Internet line: tunnel, address, ports, sessions, prefix", _LINE),
        STANDARD,
        Module("full", "everything, with the configuration", _STANDARD, configuration=True),
    )
}
"""By name. ``show nat descriptor masquerade port ... summary`` is in none of them: the default type
of an RTX830 refuses it (REF 58.17), as no recorded text tells what else it would print."""
