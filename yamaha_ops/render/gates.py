"""What a firmware can do: features of services, and every single line by the command table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.errors import RenderError
from yamaha_ops.firmware import Revision, since, supports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.config import Configuration
    from yamaha_ops.inventory import Router
    from yamaha_ops.render.templates import Line

TABLED_MODEL = "RTX830"
"""The model whose revisions the command table knows."""
_HINT = "update the router, then its firmware in the inventory"


def demand(feature: str, reason: str, router: Router) -> None:
    """Refuse a feature that the router cannot have; an unknown revision is given the benefit.

    Raises:
        RenderError: With the revision that would be needed.
    """
    if supports(feature, router.model, router.firmware) is not False:
        return
    first = since(feature, router.model)
    if first is None:
        raise RenderError(f"{reason} is not for a {router.model}", router=router.name)
    raise RenderError(
        f"{reason} needs firmware {first} on a {router.model}; the inventory says "
        f"{router.firmware}",
        router=router.name,
        hint=_HINT,
    )


def check_revisions(router: Router, told: Sequence[Line], configuration: Configuration) -> None:
    """Refuse a line that is younger than the router's firmware.

    Raises:
        RenderError: With the template line it came from and the revision that would be needed.
    """
    if router.model != TABLED_MODEL or router.firmware is None:
        return
    for key, setting in configuration.settings.items():
        first = setting.entry.since
        if first in ("*", "-") or router.firmware >= Revision.parse(first):
            continue
        line = told[configuration.places[key] - 1]
        raise RenderError(
            f"'{setting.entry.template}' needs firmware {first}; the inventory says "
            f"{router.firmware}",
            router=router.name,
            where=f"{line.template}:{line.number}",
            hint=_HINT,
        )
