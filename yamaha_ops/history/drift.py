"""Drift: what a router runs, against what it should run and what it would start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.config import difference, mask
from yamaha_ops.history.rewriting import Rewritten, rewritten

if TYPE_CHECKING:
    from yamaha_ops.config import Command, Configuration


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a router has drifted.

    Attributes:
        router: Inventory name.
        commands: From what it runs to what the inventory and templates give.
        changed: Settings that both have: what is wanted, and what the router has; masked.
        unsaved: Commands, masked, by which a restart would change what it runs; None where the
            router does not tell.
        rewritten: Lines that say the same in other words; no drift.
        warnings: What could not be compared.
    """

    router: str
    commands: tuple[Command, ...]
    changed: tuple[tuple[str, str], ...]
    unsaved: tuple[str, ...] | None
    rewritten: tuple[Rewritten, ...]
    warnings: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.commands or self.unsaved)

    def as_json(self) -> dict[str, Any]:
        """Return plain data without secrets."""
        return {
            "router": self.router,
            "drifted": bool(self),
            "commands": [command.masked for command in self.commands],
            "changed": [{"wanted": wanted, "running": has} for wanted, has in self.changed],
            "unsaved": None if self.unsaved is None else list(self.unsaved),
            "rewritten": [each.as_json() for each in self.rewritten],
            "warnings": list(self.warnings),
        }


def find_drift(
    router: str,
    running: Configuration,
    wanted: Configuration,
    unsaved: tuple[str, ...] | None,
) -> Drift:
    """Compare what a router runs with what it should run."""
    delta = difference(running, wanted)
    return Drift(
        router,
        delta.commands,
        tuple((mask(new.line), mask(old.line)) for old, new in delta.changed),
        unsaved,
        tuple(rewritten(wanted, running)),
        delta.warnings,
    )
