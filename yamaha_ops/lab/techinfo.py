"""``show techinfo``: many answers in one, always English, never broken or paged (REF 58.59)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.shell import Plain, operation, run_unattended

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented(
        "Ignores columns, lines and character set; each part begins with its command", "REF 58.59"
    ),
    assumed("Which commands it holds", "only some are known"),
)

PARTS: Final = (
    "show environment",
    "show config",
    "show config list",
    "show file list /",
    "show arp",
    "show ip route",
    "show ipv6 address",
    "show ipv6 route",
    "show status lan1",
    "show status lan2",
    "show status tunnel",
    "show status ipip",
    "show nat descriptor address",
    "show status dhcp",
    "show status ipv6 dhcp",
    "show ipsec sa",
    "show status lua",
    "show log",
)


def techinfo(router: EmulatedRouter) -> Iterator[str]:
    """Yield every part."""
    for command in PARTS:
        yield command
        yield from run_unattended(router, command, japanese=False)[1]
        yield ""


@operation("show techinfo")
def show_techinfo(caller: Caller, words: Words) -> Iterator[str]:
    """Print it on the console."""
    del words
    for line in techinfo(caller.router):
        yield Plain(line)
