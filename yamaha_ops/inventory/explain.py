"""Where each value of a router came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.inventory.inventory import Inventory
    from yamaha_ops.inventory.layers import Origin
    from yamaha_ops.inventory.source import Keys


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a router: its dotted field, and the entry of a file that says it."""

    field: str
    value: Any
    origin: Origin | None
    """None for a default of the schema."""


def explain(inventory: Inventory, name: str) -> tuple[Value, ...]:
    """Return every value of one router; secrets as their references.

    Raises:
        InventoryError: There is no such router.
    """
    router = inventory.router(name)
    merged = inventory.origins[name]
    everything = router.model_dump(mode="json", by_alias=True, exclude={"name"})
    given = router.model_dump(mode="json", by_alias=True, exclude={"name"}, exclude_unset=True)
    said = {keys for keys, _ in _leaves(given, ())}
    return tuple(
        Value(".".join(map(str, keys)), value, merged.origin(keys) if keys in said else None)
        for keys, value in _leaves(everything, ())
    )


def _leaves(node: Any, keys: Keys) -> Iterator[tuple[Keys, Any]]:
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, (*keys, key))
    elif isinstance(node, list) and any(isinstance(value, dict) for value in node):
        for index, value in enumerate(node):
            yield from _leaves(value, (*keys, index))
    else:
        yield keys, node
