"""`yamaha-ops show`: a configuration of the history, or any other that has a name."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.actions.histories import revision_as_json, store_for
from yamaha_ops.actions.sides import FORMS, Sides
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.durable import write_private
from yamaha_ops.errors import InputError
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def show(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    configuration: Annotated[str, typer.Argument(help=f"{FORMS}.")] = "running",
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write a private file instead.", show_default=False),
    ] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="With its secrets; into a file only.")
    ] = False,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
    as_json: options.Json = False,
) -> None:
    """Print a configuration, its secrets masked."""
    if reveal and not out:
        raise InputError("secrets go into a private file only: say where with --out")
    known = load(inventory)
    entry = known.router(router)
    store = store_for(known, history, history_key)
    side = Sides(known, entry, store, sealed=not reveal).find(configuration)
    text = side.configuration.text if reveal else side.configuration.masked()
    if out:
        write_private(out, text)
    elif as_json:
        about = revision_as_json(side.revision) if side.revision else {"router": router}
        whole = {**about, "configuration": configuration, "text": text}
        sys.stdout.write(json.dumps(whole, ensure_ascii=False) + "\n")
    else:
        typer.echo(f"{router}: {side.about}", err=True)
        sys.stdout.write(text)
