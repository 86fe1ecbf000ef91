"""The routers that a command line means; what is wrong with how they are named is a usage error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.inventory import Inventory, Router


def chosen(
    inventory: Inventory,
    names: Sequence[str] | None,
    labels: Sequence[str] | None,
    everything: bool,
) -> tuple[Router, ...]:
    """Return the routers chosen by name, by labels that must all match, or all of them.

    Raises:
        typer.BadParameter: None of the three ways is used, or two of them, or a label is none.
        InventoryError: There is no such router.
    """
    if bool(names) + bool(labels) + everything != 1:
        raise typer.BadParameter("choose routers by name, by --label or by --all: one of the three")
    for label in labels or ():
        key, equals, _ = label.partition("=")
        if not (key and equals):
            raise typer.BadParameter(f"{label!r} is not key=value", param_hint="--label")
    return inventory.select(names or (), labels or (), everything)
