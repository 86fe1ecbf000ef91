"""`yamaha-ops draft`: an edited configuration that no router has been told yet."""

import time
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.actions.histories import author_from, store_for
from yamaha_ops.actions.sides import DRAFT, Sides
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def draft(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    file: Annotated[Path, typer.Argument(help="The configuration.")],
    *,
    name: Annotated[str, typer.Option("--name", help="Which draft; a router can have many.")] = (
        DRAFT
    ),
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    author: options_of_history.Author = None,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
) -> None:
    """Keep an edited configuration. Compare it with `diff`; `restore ROUTER draft` applies it.

    A secret that the file masks with `*` is left as the router has it.
    """
    known = load(inventory)
    entry = known.router(router)
    store = store_for(known, history, history_key)
    configuration = Sides(known, entry, store).find(f"file:{file}").configuration
    store.draft(entry.name, configuration, name=name, author=author_from(author), now=time.time())
    typer.echo(f"{router}: draft {name} is kept", err=True)
