"""What a change wants: other values in the inventory, or a configuration of the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.actions.sides import Sides
from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory import load
from yamaha_ops.web.act.values import edit_of

if TYPE_CHECKING:
    from yamaha_ops.config import Configuration
    from yamaha_ops.history import Store
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.inventory.edit import Edit
    from yamaha_ops.web.store.changes import Change


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a change would make of a router.

    Attributes:
        inventory: As it would be.
        router: The entry as it would be.
        configuration: What the router should run; None for what the inventory gives.
        edit: What would be written into the inventory once the router runs it.
    """

    inventory: Inventory
    router: Router
    configuration: Configuration | None = None
    edit: Edit | None = None


def wanted_by(change: Change, inventory: Inventory, store: Store) -> Wanted:
    """Return what a change wants, from the inventory and the history as they are now.

    Raises:
        YamahaOpsError: The values do not fit the inventory any more, or the configuration is gone.
    """
    entry = inventory.router(change.router)
    if change.configuration is not None:
        side = Sides(inventory, entry, store).find(change.configuration)
        return Wanted(inventory, entry, side.configuration)
    if not change.values:
        return Wanted(inventory, entry)
    edit = edit_of(inventory, change.router, change.values)
    return Wanted(edit.inventory, edit.inventory.router(change.router), edit=edit)


def write_into_inventory(change: Change, wanted: Wanted) -> None:
    """Write the values of a change that a router runs now into the inventory file.

    Where somebody wrote into the file meanwhile, the values are set in what is there now, provided
    that the router's entry comes out as it was applied.

    Raises:
        InventoryError: The file says something else of this router now, or cannot be written.
    """
    if wanted.edit is None:
        return
    try:
        wanted.edit.write()
    except InventoryError:
        again = edit_of(load(wanted.inventory.path), change.router, change.values)
        if again.inventory.router(change.router) != wanted.router:
            raise
        again.write()
