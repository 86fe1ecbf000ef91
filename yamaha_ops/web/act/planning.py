"""The plan of a change, as it would be sent now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.actions.changing import plan
from yamaha_ops.web.act.applying import terms_of
from yamaha_ops.web.act.wanted import wanted_by

if TYPE_CHECKING:
    from yamaha_ops.change.plan import Plan
    from yamaha_ops.web.console import Console
    from yamaha_ops.web.store.changes import Change


def make_plan(console: Console, change: Change) -> Plan:
    """Ask the router, and return the commands from what it runs to what the change wants.

    Raises:
        YamahaOpsError: The values do not fit, the router cannot be read, or no plan leads there.
    """
    wanted = wanted_by(change, console.inventory(), console.history)
    return plan(
        wanted.inventory, wanted.router, terms=terms_of(change), wanted=wanted.configuration
    )
