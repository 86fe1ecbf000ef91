"""`yamaha-ops zero-touch`: a factory-fresh router finds its place."""

import json
import re
import secrets
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions.first_boot import NAME, first_boot
from yamaha_ops.actions.jobs import Terms, job_for
from yamaha_ops.actions.places import Place, Places
from yamaha_ops.change.apply import apply as change
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import Plan
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._plans import Progress, show_outcome
from yamaha_ops.durable import write_private
from yamaha_ops.errors import PlanError
from yamaha_ops.inventory import Inventory, Router, load
from yamaha_ops.render import render
from yamaha_ops.router import connect
from yamaha_ops.status import parse

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Set up factory-fresh routers.")

DAY = 86_400
_SLOT = re.compile(r"config\d(\.\d)?", re.IGNORECASE)

RouterName = Annotated[str, typer.Argument(help="The router, by inventory name.")]


@app.command("place")
def make_place(
    router: RouterName,
    *,
    days: Annotated[float, typer.Option("--days", min=0.01, help="How long it is valid.")] = 14,
    in_days: Annotated[float, typer.Option("--in-days", min=0, help="From when on.")] = 0,
    name: Annotated[
        str | None, typer.Option("--id", help="The place ID; made up if left out.")
    ] = None,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
) -> None:
    """Let the next device that starts with this router's image become this router."""
    known = load(inventory)
    entry = known.router(router)
    first = time.time() + in_days * DAY
    made = Place(name or secrets.token_hex(4), entry.name, first, first + days * DAY)
    Places(known.state).keep(made)
    typer.echo(f"{router}: place {made.id}, {made.period}")


@app.command("list")
def list_places(
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    as_json: options.Json = False,
) -> None:
    """List the places: which are open, and which device has which."""
    for place in Places(load(inventory).state).all():
        if as_json:
            sys.stdout.write(json.dumps(place.as_json()) + "\n")
        else:
            state = f"set up by {place.serial}" if place.done else place.period
            typer.echo(f"{place.router}: place {place.id}, {state}")


@app.command()
def image(
    router: RouterName,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The USB stick or microSD card.")],
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
) -> None:
    """Write the files of the first start. They hold both passwords: erase them afterwards."""
    known = load(inventory)
    entry = known.router(router)
    place = Places(known.state).find(entry.name)
    place.check(max(time.time(), place.first))
    wanted = render(entry, templates=known.folder / "templates")
    write_private(out / NAME, first_boot(entry, wanted, place.id))
    typer.echo(
        f"{out / NAME} is written for place {place.id}. It holds both passwords: pull the stick "
        "after the first start and erase it",
        err=True,
    )


@app.command()
def contact(
    router: RouterName,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    as_json: options.Json = False,
) -> None:
    """Give the device that came up its full configuration, under the guard of `apply`.

    Only within the period of the place. Its host key and its serial number are recorded: no other
    device gets this place.
    """
    known = load(inventory)
    entry = known.router(router)
    places = Places(known.state)
    place = places.find(entry.name)
    place.check(time.time())
    place = place.claimed_by(_serial(entry, known))
    other = places.holder(place.serial or "")
    if other and other.router != entry.name:
        raise PlanError(f"the device {place.serial} is {other.router} already", router=entry.name)
    places.keep(place)
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)
    with closing(Progress(err)) as progress:
        job = job_for(known, entry, report=progress, terms=Terms(accept_new_host_key=True))
        outcome = change(job, lambda plan: _still_open(plan, place))
    if outcome.result in {Result.CHANGED, Result.FINISHED, Result.UNCHANGED}:
        _keep_on_the_device(entry, known)
        places.keep(Place(**{**place.as_json(), "done": time.time()}))
    _tell(outcome, None if as_json else out)
    raise typer.Exit(outcome.exit_code)


def _still_open(_plan: Plan, place: Place) -> bool:
    place.check(time.time())
    return True


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


def _keep_on_the_device(entry: Router, inventory: Inventory) -> None:
    """Save into slot 0 where the router started from a stick: `save` alone goes there."""
    session = connect(entry, state=inventory.state)
    try:
        session.administrator()
        told = parse("show environment", session.run("show environment")).record
        if told.config_file and not _SLOT.fullmatch(told.config_file):
            session.send("save 0", 60.0)
            typer.echo(f"{entry.name}: saved into the router; pull the stick now", err=True)
    finally:
        session.close()


def _tell(outcome: Outcome, console: Console | None) -> None:
    if console:
        show_outcome(outcome, console)
    else:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
