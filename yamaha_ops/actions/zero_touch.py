"""A factory-fresh router finds its place: made, claimed by a device, given its configuration."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Final

from yamaha_ops.actions.changing import carry_out
from yamaha_ops.actions.jobs import Terms
from yamaha_ops.actions.places import Place, Places
from yamaha_ops.change.event import Event, Kind
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.errors import PlanError
from yamaha_ops.router import connect
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from yamaha_ops.change.event import Report
    from yamaha_ops.inventory import Inventory, Router

DAY: Final = 86_400
_SLOT: Final = re.compile(r"config\d(\.\d)?", re.IGNORECASE)
_WELL: Final = frozenset({Result.CHANGED, Result.FINISHED, Result.UNCHANGED})


def make_place(
    inventory: Inventory,
    entry: Router,
    *,
    days: float,
    in_days: float = 0,
    name: str | None = None,
    now: float | None = None,
) -> Place:
    """Let the next device that starts with this router's image become this router.

    Args:
        inventory: Whose state folder holds the places.
        entry: The router.
        days: For how long.
        in_days: From when on.
        name: The place's ID; made up if not given.
        now: Seconds since 1970, if it is not this machine's clock that counts.
    """
    first = (time.time() if now is None else now) + in_days * DAY
    made = Place(name or secrets.token_hex(4), entry.name, first, first + days * DAY)
    Places(inventory.state).keep(made)
    return made


def contact(inventory: Inventory, entry: Router, *, report: Report) -> Outcome:
    """Give the device that came up its full configuration, under the guard of every change.

    Only within the period of the place. Its host key and its serial number are recorded: no other
    device gets this place.

    Raises:
        YamahaOpsError: It is another device, the place is not open, or nothing was sent.
    """
    places = Places(inventory.state)
    place = places.find(entry.name)
    place.check(time.time())
    place = place.claimed_by(_serial(entry, inventory))
    other = places.holder(place.serial or "")
    if other and other.router != entry.name:
        raise PlanError(f"the device {place.serial} is {other.router} already", router=entry.name)
    places.keep(place)

    def still_open(_plan: object) -> bool:
        place.check(time.time())
        return True

    outcome = carry_out(
        inventory, entry, still_open, report=report, terms=Terms(accept_new_host_key=True)
    )
    if outcome.result in _WELL:
        if _kept_on_the_device(entry, inventory):
            text = "saved into the router; pull the stick now"
            report(Event(entry.name, Kind.STEP, text))
        places.keep(Place(**{**place.as_json(), "done": time.time()}))
    return outcome


def _serial(entry: Router, inventory: Inventory) -> str:
    session = connect(entry, state=inventory.state, accept_new_host_key=True)
    try:
        told = parse("show environment", session.run("show environment")).record
    finally:
        session.drop()
    if told.serial is None or told.model != entry.model:
        raise PlanError(
            f"this is a {told.model} with serial number {told.serial}, and not the {entry.model} "
            "that the inventory names",
            router=entry.name,
        )
    return str(told.serial)


def _kept_on_the_device(entry: Router, inventory: Inventory) -> bool:
    """Save into slot 0 where the router started from a stick: `save` alone goes there."""
    session = connect(entry, state=inventory.state)
    try:
        session.administrator()
        told = parse("show environment", session.run("show environment")).record
        on_stick = bool(told.config_file and not _SLOT.fullmatch(told.config_file))
        if on_stick:
            session.send("save 0", 60.0)
    finally:
        session.close()
    return on_stick
