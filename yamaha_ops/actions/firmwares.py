"""Firmware of one router: which revision runs, and another one in its place."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from yamaha_ops.actions.backups import LiveSource, back_up
from yamaha_ops.errors import InputError
from yamaha_ops.firmware import Revision
from yamaha_ops.health import MODULES, collect
from yamaha_ops.router import connect, connect_administrator
from yamaha_ops.upgrade import Ended, Job, Result, Window, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.config import Configuration
    from yamaha_ops.history import Person, Store
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session


def installed(
    entry: Router, inventory: Inventory, *, accept_new_host_key: bool = False
) -> Revision:
    """Return the revision that a router says it runs.

    Raises:
        YamahaOpsError: It cannot be asked.
    """
    session = connect(entry, state=inventory.state, accept_new_host_key=accept_new_host_key)
    session.drop()
    return Revision.parse(session.firmware)


def state(found: Revision | None, wanted: Revision | None) -> str:
    """Say in a word how the installed revision stands to the wanted one."""
    if found is None:
        return "unknown"
    if wanted is None:
        return "nothing wanted"
    if found == wanted:
        return "as wanted"
    return "older" if found < wanted else "newer"


def update(  # noqa: PLR0913 -- what an update needs, by name
    entry: Router,
    inventory: Inventory,
    store: Store,
    *,
    author: Person,
    report: Callable[[str], None],
    span: Window | None = None,
    accept_new_host_key: bool = False,
) -> Ended:
    """Let a router fetch the revision that the inventory names, and prove that all is as before.

    Args:
        entry: The router.
        inventory: Whose state folder holds host keys.
        store: The history: the router is backed up before.
        author: By whom.
        report: Told each step.
        span: When it may begin; any time if not given.
        accept_new_host_key: As :func:`yamaha_ops.router.connect`.

    Raises:
        YamahaOpsError: Nothing was sent.
    """
    if span and not span.holds(datetime.now(UTC).astimezone()):
        return Ended(entry.name, Result.SKIPPED, f"it is not {span} now")
    if entry.firmware is None:
        raise InputError("the inventory names no revision", router=entry.name)

    administrator = partial(
        connect_administrator,
        entry,
        state=inventory.state,
        accept_new_host_key=accept_new_host_key,
    )

    def keep() -> Configuration:
        revision, _ = back_up(
            entry,
            inventory,
            store,
            reason=f"before firmware {entry.firmware}",
            author=author,
            accept_new_host_key=accept_new_host_key,
        )
        return store.configuration(store.backup(revision))

    def unsaved(session: Session, running: Configuration) -> tuple[str, ...] | None:
        source = LiveSource(
            session, entry, inventory.state, accept_new_host_key=accept_new_host_key
        )
        slot = source.slot()
        return source.unsaved(running, slot) if slot else None

    return upgrade(
        Job(
            entry.name,
            entry.firmware,
            administrator,
            keep,
            unsaved,
            _line_problem,
            time.sleep,
            time.monotonic,
            report,
        )
    )


def _line_problem(session: Session) -> str | None:
    """Say whether a MAP-E line is not what its prefix gives; None where all are well."""
    for line in collect(session, MODULES["standard"]).lines:
        if line.consistent is not True:
            return f"the line {line.interface} is not up, or not with the ports of its prefix"
    return None
