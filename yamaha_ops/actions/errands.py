"""What one router is asked for, wherever that runs.

An errand takes an inventory entry and plain data, so that it can be sent to another machine: it
opens the session there, resolves the references to secrets there, and brings back nothing secret.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yamaha_ops.actions.backups import LiveSource, back_up
from yamaha_ops.actions.histories import store_for
from yamaha_ops.config import Configuration
from yamaha_ops.history.drift import Drift, find_drift
from yamaha_ops.render import render
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from yamaha_ops.config import Command
    from yamaha_ops.fleet import Handshakes
    from yamaha_ops.history import Person, Revision
    from yamaha_ops.inventory import Inventory, Router


def keep(  # noqa: PLR0913 -- the options of a backup, by name
    entry: Router,
    *,
    inventory: Inventory,
    history: Path | None,
    history_key: str | None,
    reason: str,
    author: Person,
    accept_new_host_key: bool = False,
    handshakes: Handshakes | None = None,
) -> tuple[Revision, bool]:
    """Read one router and keep it; return the revision and whether it is new.

    Raises:
        YamahaOpsError: The router cannot be read, or the history cannot be written.
    """
    return back_up(
        entry,
        inventory,
        store_for(inventory, history, history_key),
        reason=reason,
        author=author,
        accept_new_host_key=accept_new_host_key,
        handshakes=handshakes,
    )


def drifted(
    entry: Router,
    *,
    inventory: Inventory,
    accept_new_host_key: bool = False,
    handshakes: Handshakes | None = None,
) -> Drift:
    """Compare what a router runs with what it should run; the commands come masked.

    Raises:
        YamahaOpsError: The router cannot be read, or the inventory gives no configuration.
    """
    wanted = render(entry, templates=inventory.folder / "templates")
    session = connect(
        entry,
        state=inventory.state,
        accept_new_host_key=accept_new_host_key,
        handshakes=handshakes,
    )
    try:
        source = LiveSource(
            session, entry, inventory.state, accept_new_host_key=accept_new_host_key
        )
        running = Configuration.parse(source.running(), source=f"{entry.name}: running")
        slot = source.slot()
        unsaved = source.unsaved(running, slot) if slot else None
    finally:
        session.drop()
    found = find_drift(entry.name, running, wanted, unsaved)
    return replace(found, commands=masked(found.commands))


def masked(commands: Iterable[Command]) -> tuple[Command, ...]:
    """Return commands without their secrets, for people and for the way home."""
    return tuple(replace(each, line=each.masked) for each in commands)
