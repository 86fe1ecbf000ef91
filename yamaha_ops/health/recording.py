"""Making a transcript: every answer as it was printed, without what is nobody's business."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration
from yamaha_ops.errors import CommandError
from yamaha_ops.health.interfaces import Interfaces
from yamaha_ops.health.masking import Masker
from yamaha_ops.health.modules import Module
from yamaha_ops.status.framing import cells
from yamaha_ops.status.transcript import Section, Transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from yamaha_ops.router import Session

PICTURE = Module(
    "picture",
    "what one full picture of a router needs",
    (
        "show environment",
        "show environment detail",
        "show config list",
        "show status boot",
        "show status {lan}",
        "show status pp {pp}",
        "show status tunnel {tunnel}",
        "show status ipip",
        "show nat descriptor address",
        "show nat descriptor masquerade session summary",
        "show nat descriptor masquerade session statistics",
        "show ip route",
        "show ip route summary",
        "show ipv6 route",
        "show ipv6 route summary",
        "show ipv6 address",
        "show status ipv6 dhcp",
        "show status dhcp",
        "show status dhcpc",
        "show arp",
        "show ip connection summary",
        "show ipv6 connection summary",
        "show ipsec sa",
        "show status lua",
        "show status yno",
        "show status hb46pp",
        "show status packet-buffer",
        "show status rtfs",
        "show status external-memory",
        "show log",
    ),
)
"""Some of these texts were never seen by anybody: recordings of them are worth most."""

_JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
_EDGES = {199, 4095}
"""Cells that a console fills while its settings are borrowed: one fewer than its columns."""


def record(
    session: Session,
    *,
    day: date,
    commands: Iterable[str] = (),
    progress: Callable[[str], None] = lambda _command: None,
) -> Transcript:
    """Ask a router and return what it printed, masked.

    The console is made wide meanwhile: an address that a wrap cuts in two would slip through.

    Args:
        session: A session that can step up to administrator level.
        day: Today.
        commands: What to ask; one full picture if left out.
        progress: Told of each command.

    Raises:
        AuthenticationError: There is no administrator password, or it is wrong.
        ConnectError, ConsoleError: The dialogue failed.
    """
    masker = Masker()
    sections: list[Section] = []
    with session.wide():
        wanted = tuple(commands)
        if not wanted:
            wanted = tuple(PICTURE.questions(_interfaces(session)))
        for command in wanted:
            progress(command)
            text = masker(command, _whole(_answer(session, command)))
            sections.append(Section(command, text))
    japanese = any(_JAPANESE.search(section.text) for section in sections)
    return Transcript(
        session.model,
        session.firmware,
        "ja" if japanese else "en",
        day.isoformat(),
        tuple(sections),
    )


def _interfaces(session: Session) -> Interfaces:
    return Interfaces.configured(Configuration.parse(session.configuration()))


def _answer(session: Session, command: str) -> str:
    """Return what the router printed; a refusal is worth recording as well."""
    try:
        return session.run(command)
    except CommandError as error:
        return error.output or ""


def _whole(text: str) -> str:
    """Join what even the widest console breaks."""
    lines: list[str] = []
    broken = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if broken:
            lines[-1] += line
        else:
            lines.append(line)
        broken = cells(line) in _EDGES
    return "\n".join(lines)
