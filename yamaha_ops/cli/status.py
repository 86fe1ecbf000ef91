"""`yamaha-ops status`: what routers say of themselves, live."""

import json
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from yamaha_ops.actions import statuses
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._records import tables
from yamaha_ops.cli.scrape import ModuleName, Timeout, module_named, settings_for
from yamaha_ops.errors import ExitCode
from yamaha_ops.exporter import Scrape
from yamaha_ops.exporter.once import scrape_once
from yamaha_ops.health import Health, MapeLine
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def status(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    module: ModuleName = "standard",
    timeout: Timeout = 60.0,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the lines that nothing understood.")
    ] = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Ask the chosen routers and show every record."""
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    settings = settings_for(known, accept_new_host_key=accept_new_host_key)
    console = Console(highlight=False)
    failed = False
    for scrape in scrape_once(chosen, settings, module_named(module), timeout):
        failed = failed or scrape.health is None
        if as_json:
            sys.stdout.write(json.dumps(_as_json(scrape), ensure_ascii=False) + "\n")
        elif scrape.health:
            _show(scrape.health, console, verbose=verbose)
        else:
            typer.echo(f"yamaha-ops: {scrape.error}", err=True)
    if failed:
        raise typer.Exit(ExitCode.FAILED)


def _as_json(scrape: Scrape) -> dict[str, Any]:
    if scrape.health is None:
        return {"router": scrape.router, "error": scrape.error}
    return statuses.as_json(scrape.health)


def _show(health: Health, console: Console, *, verbose: bool) -> None:
    console.rule(f"{health.router}: {health.model} {health.firmware}", align="left")
    for line in health.lines:
        console.print(f"MAP-E on {line.interface}: {_verdict(line)}")
    state = health.configuration
    if state:
        unsaved = {True: "unsaved changes", False: "saved", None: "saved or not: unknown"}
        drift = "" if state.drift is None else f", {state.drift} commands from the wanted one"
        console.print(f"Configuration: {state.settings} settings, {unsaved[state.unsaved]}{drift}")
    for answer in health.answers:
        if answer.record is not None:
            for table in tables(answer.command, answer.record):
                console.print(table)
        elif answer.outcome == "failed" and answer.error:
            typer.echo(f"{health.router}: {answer.command}: {answer.error}", err=True)
        for unknown in answer.unknown_lines if verbose else ():
            typer.echo(f"{health.router}: {answer.command}: not understood: {unknown}", err=True)
    missing = sum(len(answer.unknown_lines) for answer in health.answers)
    if missing and not verbose:
        typer.echo(
            f"{health.router}: not understood: {missing} lines; --verbose shows them", err=True
        )


def _verdict(line: MapeLine) -> str:
    words = {
        True: "address and ports are those of the prefix",
        False: "[red]address or ports are NOT those of the prefix[/red]",
        None: "the prefix is not known, so nothing can be compared",
    }
    ports = f"{line.ports_assigned} ports" if line.ports_assigned else "ports unknown"
    sessions = "" if line.sessions is None else f", {line.sessions} sessions"
    prefix = f" ({line.prefix})" if line.prefix else ""
    return f"{ports}{sessions}; {words[line.consistent]}{prefix}"
