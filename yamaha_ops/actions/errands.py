"""What one router is asked for, wherever that runs.

An errand takes an inventory entry and plain data, so that it can be sent to another machine: it
opens the session there, resolves the references to secrets there, and brings back nothing secret.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yamaha_ops.actions.backups import LiveSource, back_up
from yamaha_ops.actions.changing import Keeping, carry_out, plan
from yamaha_ops.actions.histories import store_for
from yamaha_ops.change.event import Event, Kind
from yamaha_ops.config import Configuration
from yamaha_ops.history.drift import Drift, find_drift
from yamaha_ops.render import render
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from yamaha_ops.actions.jobs import Terms
    from yamaha_ops.change.outcome import Outcome
    from yamaha_ops.change.plan import Plan
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
    return replace(found, commands=_masked(found.commands))


def planned(entry: Router, *, inventory: Inventory, terms: Terms) -> Plan:
    """Return what a change would send; the commands come masked.

    Raises:
        YamahaOpsError: The router cannot be read, or no plan leads to the wanted configuration.
    """
    made = plan(inventory, entry, terms=terms)
    return replace(made, commands=_masked(made.commands))


@dataclass(frozen=True, slots=True)
class Approval:
    """Approves what was shown to somebody.

    Attributes:
        shown: The fingerprint of each router's plan; None approves any plan.
    """

    shown: Mapping[str, str] | None = None

    def __call__(self, made: Plan) -> bool:
        """Tell whether a plan is the one that was shown."""
        return self.shown is None or self.shown.get(made.router) == made.fingerprint

    def of(self, router: str) -> Approval:
        """Return the part that is about one router: all that has to travel."""
        if self.shown is None:
            return self
        return Approval({router: self.shown[router]} if router in self.shown else {})


def changed(
    entry: Router,
    *,
    inventory: Inventory,
    approval: Approval,
    terms: Terms,
    keeping: KeepingThere | None = None,
    resume_only: bool = False,
) -> tuple[Outcome, tuple[Event, ...]]:
    """Change one router; return how it ended, and what was reported on the way.

    Raises:
        YamahaOpsError: Nothing was sent.
    """
    events: list[Event] = []
    outcome = carry_out(
        inventory,
        entry,
        approval,
        report=events.append,
        terms=terms,
        keeping=keeping.opened(inventory) if keeping else None,
        resume_only=resume_only,
    )
    return outcome, tuple(each for each in events if each.kind is not Kind.PROGRESS)


@dataclass(frozen=True, slots=True)
class KeepingThere:
    """Where the history is and who writes it, as far as that can travel.

    Attributes:
        history: The repository; None is the state folder's.
        history_key: The reference to its key.
        author: By whom.
    """

    history: Path | None
    history_key: str | None
    author: Person

    def opened(self, inventory: Inventory) -> Keeping:
        """Return the history itself."""
        return Keeping(store_for(inventory, self.history, self.history_key), self.author)


def _masked(commands: Iterable[Command]) -> tuple[Command, ...]:
    return tuple(replace(each, line=each.masked) for each in commands)
