"""What may be entered ahead: the empty lines that prove where an answer ends, and other commands.

Entered one by one, each proof costs a round trip. Together with the command it costs none, but
then nobody has seen yet what the empty line will meet. So only commands are on the list whose
answers are tables: they ask nothing that an empty line would answer, and none of their lines is a
bare ``> `` or ``# ``. `show config`, logs, files and everything that sets something are not; nor is
anything with an operator, since ``>`` may ask before it overwrites (REF 2.5.3).

Further commands may be typed behind one whose answer cannot meet the pager, which would take their
letters for keys: it is short by nature, or was short the last time. Should the pager come all the
same, what it leaves of a command must do nothing; so `show ipsec sa` is never typed behind another,
as its last two letters are how one may type `save`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

TOGETHER: Final = 4
"""The most commands that are entered in one packet."""

TOGETHER_BYTES: Final = 200
"""... and the most bytes; what a router keeps while it is busy is not known [assumed]."""

SHORT_ROWS: Final = 16
"""An answer of so many rows may grow by a third and still fit the default page (REF 4.23: 24)."""

_TABLES: Final = re.compile(
    rb"show (?:environment|status|ip route|ipv6 route|ipv6 address|arp|ipsec sa"
    rb"|nat descriptor address|nat descriptor masquerade)(?: [\w:.,/*-]+)*"
)
"""REF chapters 57 and 58, the commands of the record table; none of them is documented to ask."""


def typed_ahead(line: bytes) -> bool:
    """Tell whether a command's empty lines may be entered together with it."""
    return _TABLES.fullmatch(line) is not None


_SHORT: Final = re.compile(
    r"show (?:environment|ip route summary|ipv6 route summary|status yno"
    r"|nat descriptor masquerade session summary|status (?:lan|tunnel|pp)\S* ?\d+)"
)
"""At most 16 rows in every recorded transcript, and nothing in them grows."""

_LEAVES_A_COMMAND: Final = "show ipsec sa"


def volleys(
    commands: Iterable[str], rows: Mapping[str, int], at_once: int = TOGETHER
) -> Iterator[list[str]]:
    """Say which commands may be entered together, in the order they have.

    Args:
        commands: What is to be asked.
        rows: How many rows an answer had the last time, by command.
        at_once: The most commands in one packet.
    """
    group: list[str] = []
    size = 0
    for command in commands:
        size += len(command) + 1
        follows = typed_ahead(command.encode()) and not command.startswith(_LEAVES_A_COMMAND)
        if group and (not follows or len(group) == at_once or size > TOGETHER_BYTES):
            yield group
            group, size = [], len(command) + 1
        group.append(command)
        if not _is_short(command, rows):
            yield group
            group, size = [], 0
    if group:
        yield group


def _is_short(command: str, rows: Mapping[str, int]) -> bool:
    """Tell whether other commands may be typed behind this one."""
    known = rows.get(command)
    if known is not None:
        return known <= SHORT_ROWS and typed_ahead(command.encode())
    return _SHORT.fullmatch(command) is not None
