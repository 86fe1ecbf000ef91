"""What one backup holds of a router, and the form it is kept in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration, restore, separate

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """Which configuration of a router (the words of Yamaha Network Organizer)."""

    RUNNING = "running"
    """What it does now."""
    STARTUP = "startup"
    """What it would start from."""
    PREVIOUS = "previous"
    """What it would have started from before the last save: backup ``.1`` of the slot."""


_VOLATILE = re.compile(r"^# *Reporting Date *:")
"""A comment that is different each time and says nothing about the router."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A router at one moment.

    Attributes:
        router: Inventory name.
        model: As the banner says.
        firmware: As the banner says.
        configurations: Those that could be read.
        notes: What could not be read, or not completely, and why.
    """

    router: str
    model: str
    firmware: str
    configurations: Mapping[Kind, Configuration]
    notes: tuple[str, ...] = field(default=())


def kept_form(configuration: Configuration) -> Configuration:
    """Return a configuration as it is kept: the router's lines in the router's order.

    What a console's width broke is joined, line ends are made one, and the date of the printing is
    left out, so that two backups differ exactly where the router does.
    """
    text = "".join(
        f"{line.text}\n" for line in configuration.lines if not _VOLATILE.match(line.text)
    )
    return Configuration.parse(text, source=configuration.source)


def sealed(configuration: Configuration) -> tuple[str, dict[str, str]]:
    """Return the kept form with references in the places of secrets, and the secrets."""
    return separate(kept_form(configuration))


def opened(text: str, secrets: Mapping[str, str]) -> str:
    """Return the text with its secrets in place; the inverse of :func:`sealed`.

    Raises:
        SecretError: A reference has no secret.
    """
    return restore(text, secrets)
