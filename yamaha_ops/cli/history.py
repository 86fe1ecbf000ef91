"""`yamaha-ops history`: the backups of routers, the last one first."""

import json
import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._history import local_time, revision_as_json, store_for
from yamaha_ops.history import Revision, new_key
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def history(
    router: Annotated[
        str | None,
        typer.Argument(help="A router; the last backup of each if left out.", show_default=False),
    ] = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many, at most.")] = 20,
    new_history_key: Annotated[
        bool,
        typer.Option("--new-key", help="Print a new key for the history's secrets, and no more."),
    ] = False,
    history: options_of_history.HistoryPath = None,
    as_json: options.Json = False,
) -> None:
    """List the backups of a router, or the last one of each."""
    if new_history_key:
        typer.echo(new_key())
        return
    store = store_for(load(inventory), history, None)
    found = store.revisions(router, limit=limit) if router else store.latest()
    if as_json:
        for revision in found:
            sys.stdout.write(json.dumps(revision_as_json(revision), ensure_ascii=False) + "\n")
    else:
        Console(highlight=False).print(_table(found, named=not router))


def _table(revisions: Iterable[Revision], *, named: bool) -> Table:
    table = Table(box=None, pad_edge=False)
    columns = (*(("router",) if named else ()), "revision", "time", "author", "reason", "tags")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column in {"revision", "time"})
    for each in revisions:
        table.add_row(
            *((each.router,) if named else ()),
            each.id[:10],
            local_time(each.time),
            each.author,
            each.reason,
            " ".join(each.tags),
        )
    return table
