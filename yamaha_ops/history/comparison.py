"""Two configurations side by side: lines for people, commands for routers."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.config import Difference, difference, mask, separate
from yamaha_ops.config.order import show
from yamaha_ops.history.snapshot import kept_form

if TYPE_CHECKING:
    from yamaha_ops.config import Configuration

CONTEXT = 3
"""Unchanged lines around a change."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What separates two configurations.

    Attributes:
        lines: A unified difference, secrets masked.
        secrets: Places whose secret is another one, though the line is the same.
        difference: The commands from the first to the second.
    """

    lines: tuple[str, ...]
    secrets: tuple[str, ...]
    difference: Difference

    def __bool__(self) -> bool:
        return bool(self.lines or self.secrets or self.difference)


def compare(
    one: Configuration,
    other: Configuration,
    *,
    names: tuple[str, str],
    printed: bool,
    context: int = CONTEXT,
) -> Comparison:
    """Compare two configurations.

    Args:
        one: The first.
        other: The second.
        names: What they are called.
        printed: Whether both are in the router's own words; else both are put in its order first.
        context: How many unchanged lines around a change.
    """
    text, other_text = (
        (_printed(kept_form(each)) if printed else _shown(each)).splitlines()
        for each in (one, other)
    )
    before, after = (separate(each)[1] for each in (one, other))
    lines = difflib.unified_diff(text, other_text, *names, n=context, lineterm="")
    changed = sorted(name for name, secret in before.items() if after.get(name, secret) != secret)
    return Comparison(tuple(lines), tuple(changed), difference(one, other))


def _printed(configuration: Configuration) -> str:
    """Return the text, masked; of what is the device's own only that it is there.

    A console shows ``login user admin *`` where a file holds ``login user admin encrypted ...``.
    """
    own = {
        configuration.places[key]: f"{key.words} *"
        for key, setting in configuration.settings.items()
        if "device" in setting.entry.tags
    }
    return "".join(f"{own.get(line.number) or mask(line.text)}\n" for line in configuration.lines)


def _shown(configuration: Configuration) -> str:
    """Return a configuration as the router would print it, without what is the device's own."""
    settings = [
        setting for setting in configuration.settings.values() if "device" not in setting.entry.tags
    ]
    text = "".join(f"{mask(line)}\n" for line in show(settings).splitlines())
    return text + "".join(f"{remark.text}\n" for remark in configuration.warnings)
