"""`yamaha-ops diff`: any two configurations of a router, as lines or as commands."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from yamaha_ops.actions.histories import store_for
from yamaha_ops.actions.sides import FORMS, Side, Sides
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.errors import ExitCode
from yamaha_ops.history.comparison import Comparison, compare
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)

STYLES = {"+": "green", "-": "red", "@": "cyan"}


@app.command()
def diff(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    one: Annotated[str, typer.Argument(help=f"{FORMS}.")] = "startup",
    other: Annotated[str, typer.Argument(help="The same.")] = "running",
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    live: Annotated[
        bool,
        typer.Option("--live", help="Ask the router for running, startup and previous, now."),
    ] = False,
    commands: Annotated[
        bool,
        typer.Option("--commands", help="The console commands from the first to the second."),
    ] = False,
    detailed_exitcode: Annotated[
        bool,
        typer.Option("--detailed-exitcode", help="Exit with 3 where something differs."),
    ] = False,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Compare two configurations of a router; startup with running if left out."""
    known = load(inventory)
    store = store_for(known, history, history_key)
    entry = known.router(router)
    sides = Sides(known, entry, store, live=live, accept_new_host_key=accept_new_host_key)
    a, b = sides.find(one), sides.find(other)
    found = compare(
        a.configuration,
        b.configuration,
        names=(a.about, b.about),
        printed=a.printed and b.printed,
    )
    if as_json:
        sys.stdout.write(json.dumps(_as_json(router, a, b, found), ensure_ascii=False) + "\n")
    elif commands:
        for command in found.difference.commands:
            sys.stdout.write(f"{command.masked}\n")
    else:
        _show(found)
    for warning in () if as_json else found.difference.warnings:
        typer.echo(f"{router}: {warning}", err=True)
    if found and detailed_exitcode:
        raise typer.Exit(ExitCode.DIFFERENCES)


def _show(found: Comparison) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for line in found.lines:
        console.print(Text(line, style=STYLES.get(line[:1], "")))
    for place in found.secrets:
        console.print(Text(f"! the secret @{{{place}}} is another one", style="yellow"))


def _as_json(router: str, one: Side, other: Side, found: Comparison) -> dict[str, Any]:
    delta = found.difference
    return {
        "router": router,
        "from": one.about,
        "to": other.about,
        "lines": list(found.lines),
        "secrets": list(found.secrets),
        "commands": [command.masked for command in delta.commands],
        "added": len(delta.added),
        "removed": len(delta.removed),
        "changed": len(delta.changed),
        "warnings": list(delta.warnings),
    }
