"""`yamaha-ops history`: the backups of routers, the last one first."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.cells import cell_len

from yamaha_ops.actions.histories import local_time, revision_as_json, store_beside
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.history import Revision, new_key

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
    store = store_beside(inventory, history)
    found = store.revisions(router, limit=limit) if router else store.latest()
    if as_json:
        for revision in found:
            sys.stdout.write(json.dumps(revision_as_json(revision), ensure_ascii=False) + "\n")
    else:
        for line in _aligned([_row(revision, named=not router) for revision in found]):
            sys.stdout.write(f"{line}\n")


def _row(revision: Revision, *, named: bool) -> tuple[str, ...]:
    return (
        *((revision.router,) if named else ()),
        revision.id[:10],
        local_time(revision.time),
        revision.author,
        revision.reason,
        " ".join(revision.tags),
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Give the rows in columns; by hand, since a table of thousands takes seconds."""
    cells = [[(cell, cell_len(cell)) for cell in row] for row in rows]
    widths = [max(width for _, width in column) for column in zip(*cells, strict=True)]
    for row in cells:
        line = "  ".join(
            text + " " * (most - width) for (text, width), most in zip(row, widths, strict=True)
        )
        yield line.rstrip()
