"""All routers of one inventory, and choosing among them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from yamaha_ops.inventory.layers import Merged
    from yamaha_ops.inventory.router import Router

STATE_VARIABLE = "YAMAHA_OPS_STATE"


@dataclass(frozen=True, slots=True)
class Inventory:
    """The routers of one inventory file (and the files it includes), by name, in file order."""

    path: Path
    routers: Mapping[str, Router]
    origins: Mapping[str, Merged]
    """For each router what the layers said, and which of them said it."""

    @property
    def folder(self) -> Path:
        """The folder of the inventory file; ``templates/`` and ``lua/`` beside it belong to it."""
        return self.path.parent

    @property
    def state(self) -> Path:
        """Where the toolkit keeps what it learns: host keys, journals, console settings.

        The environment's ``YAMAHA_OPS_STATE``, else ``.yamaha-ops/`` beside the inventory file.
        """
        chosen = os.environ.get(STATE_VARIABLE)
        return type(self.path)(chosen).expanduser() if chosen else self.folder / ".yamaha-ops"

    def router(self, name: str) -> Router:
        """Return one router.

        Raises:
            InventoryError: The inventory has no such router; the nearest name is suggested.
        """
        try:
            return self.routers[name]
        except KeyError:
            raise InventoryError(
                f"there is no router {name!r}{nearest(name, self.routers)}", where=str(self.path)
            ) from None

    def select(
        self,
        names: Sequence[str] = (),
        labels: Sequence[str] = (),
        everything: bool = False,  # noqa: FBT001, FBT002 -- the three ways of the command line
    ) -> tuple[Router, ...]:
        """Return the routers chosen by name, by labels that must all match, or all of them.

        Raises:
            InventoryError: A name is unknown, a label is not ``key=value``, two ways of choosing
                are mixed, or nothing is chosen.
        """
        if bool(names) + bool(labels) + everything > 1:
            raise InventoryError("choose routers by name, by --label or by --all: one of the three")
        if names:
            return tuple(self.router(name) for name in dict.fromkeys(names))
        if everything:
            return tuple(self.routers.values())
        if not labels:
            raise InventoryError(
                "no router is chosen",
                hint=f"name one ({', '.join(self.routers)}), or use --label key=value or --all",
            )
        return self._labelled(labels)

    def _labelled(self, labels: Sequence[str]) -> tuple[Router, ...]:
        wanted = []
        for label in labels:
            key, equals, value = label.partition("=")
            if not (key and equals):
                raise InventoryError(f"the label {label!r} is not key=value")
            wanted.append((key, value))
        chosen = tuple(
            router
            for router in self.routers.values()
            if all(router.labels.get(key) == value for key, value in wanted)
        )
        if not chosen:
            used = {
                f"{key}={value}" for r in self.routers.values() for key, value in r.labels.items()
            }
            missing = [label for label in labels if label not in used]
            about = missing[0] if missing else " ".join(labels)
            raise InventoryError(
                f"no router has the label {about}{nearest(about, sorted(used))}",
                where=str(self.path),
            )
        return chosen
