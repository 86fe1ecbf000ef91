"""`yamaha-ops zero-touch`: a factory-fresh router finds its place."""

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions import zero_touch
from yamaha_ops.actions.first_boot import NAME, first_boot
from yamaha_ops.actions.places import Places
from yamaha_ops.change.outcome import Outcome
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._plans import Progress, show_outcome
from yamaha_ops.durable import write_private
from yamaha_ops.inventory import load
from yamaha_ops.render import render

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Set up factory-fresh routers.")

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
    made = zero_touch.make_place(known, known.router(router), days=days, in_days=in_days, name=name)
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
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)
    with closing(Progress(err)) as progress:
        outcome = zero_touch.contact(known, entry, report=progress)
    _tell(outcome, None if as_json else out)
    raise typer.Exit(outcome.exit_code)


def _tell(outcome: Outcome, console: Console | None) -> None:
    if console:
        show_outcome(outcome, console)
    else:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
