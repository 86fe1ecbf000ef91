"""`yamaha-ops yno`: CONFIGs taken over from Yamaha Network Organizer into the history."""

import time
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.actions.histories import author_from, store_for
from yamaha_ops.actions.yno import configurations
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.errors import ExitCode
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def yno(
    file: Annotated[Path, typer.Argument(help="The results of a task with `show config` (JSON).")],
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    author: options_of_history.Author = None,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
) -> None:
    """Take CONFIGs over from YNO into the history; docs/history.md says how to get them.

    The devices and labels themselves: `yamaha-ops inventory convert yno FILE`.
    """
    known = load(inventory)
    store = store_for(known, history, history_key)
    missing = False
    for serial, snapshot in configurations(file, known.routers.values()):
        if snapshot is None:
            missing = True
            typer.echo(f"{serial}: no successful `show config`, or not in the inventory", err=True)
            continue
        revision, new = store.record(
            snapshot,
            reason="taken over from YNO",
            author=author_from(author),
            now=time.time(),
        )
        word = "kept as" if new else "nothing changed since"
        typer.echo(f"{snapshot.router}: {word} {revision.id[:10]}")
    if missing:
        raise typer.Exit(ExitCode.FAILED)
