"""What the wanted configuration promises about the line, read from its meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.change.verify import MapeLine
from yamaha_ops.config import Key

if TYPE_CHECKING:
    from yamaha_ops.config import Configuration


def expected_line(wanted: Configuration, prefix: str | None = None) -> MapeLine | None:
    """Return what a working MAP-E line must show, or None where the configuration has none.

    Args:
        wanted: The configuration.
        prefix: The end-user prefix that the inventory expects, if it says.
    """
    for key, setting in wanted.settings.items():
        if key.words == "tunnel encapsulation" and "map-e" in setting.values:
            nat = wanted.settings.get(Key(key.context, "ip tunnel nat descriptor"))
            if nat:
                number = int(key.context.removeprefix("tunnel"))
                return MapeLine(number, int(nat.values[0]), prefix)
    return None
