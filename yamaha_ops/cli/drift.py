"""`yamaha-ops drift`: what routers run, against what they should run and would start from."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client.core import GaugeMetricFamily
from rich.console import Console

from yamaha_ops.actions.backups import LiveSource
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.config import Configuration
from yamaha_ops.errors import ExitCode
from yamaha_ops.exporter import text
from yamaha_ops.exporter.once import write_textfile
from yamaha_ops.fleet import Done, run
from yamaha_ops.history.drift import Drift, find_drift
from yamaha_ops.inventory import Inventory, Router, load
from yamaha_ops.render import render
from yamaha_ops.router import connect

app = typer.Typer(add_completion=False)


@app.command()
def drift(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    detailed_exitcode: Annotated[
        bool,
        typer.Option("--detailed-exitcode", help="Exit with 3 where something differs."),
    ] = False,
    textfile: Annotated[
        Path | None,
        typer.Option(
            "--textfile",
            help="Write metrics to this file, for a textfile collector.",
            show_default=False,
        ),
    ] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show what the router only wrote otherwise.")
    ] = False,
    at_once: options_of_history.AtOnce = 8,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Compare what routers run with what the inventory gives and with what they saved."""
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    console = Console(highlight=False, soft_wrap=True)
    ended: list[Done[Router, Drift]] = []
    job = partial(_drift, inventory=known, accept_new_host_key=accept_new_host_key)
    with ThreadPoolExecutor(at_once) as executor:
        for done in run(job, chosen, executor=executor, at_once=at_once):
            ended.append(done)
            if done.error:
                typer.echo(f"yamaha-ops: {done.error.explain()}", err=True)
            if as_json:
                sys.stdout.write(json.dumps(_as_json(done), ensure_ascii=False) + "\n")
            elif done.value is not None:
                _show(done.value, console, verbose=verbose)
    if textfile:
        write_textfile(textfile, _metrics(ended, time.time()))
    drifted = detailed_exitcode and any(done.value for done in ended)
    failed = any(done.error for done in ended)
    raise typer.Exit(max(ExitCode.DIFFERENCES * drifted, ExitCode.FAILED * failed))


def _drift(entry: Router, inventory: Inventory, *, accept_new_host_key: bool) -> Drift:
    wanted = render(entry, templates=inventory.folder / "templates")
    session = connect(entry, state=inventory.state, accept_new_host_key=accept_new_host_key)
    try:
        source = LiveSource(
            session, entry, inventory.state, accept_new_host_key=accept_new_host_key
        )
        running = Configuration.parse(source.running(), source=f"{entry.name}: running")
        slot = source.slot()
        unsaved = source.unsaved(running, slot) if slot else None
    finally:
        session.drop()
    return find_drift(entry.name, running, wanted, unsaved)


def _as_json(done: Done[Router, Drift]) -> dict[str, object]:
    if done.value is None:
        return {"router": done.item.name, "error": str(done.error)}
    return done.value.as_json()


def _show(found: Drift, console: Console, *, verbose: bool) -> None:
    if not found:
        console.print(f"{found.router}: no drift")
    if found.commands:
        console.print(f"{found.router}: {len(found.commands)} commands from what is wanted")
        for command in found.commands:
            console.print(f"  {command.masked}", markup=False)
        for wanted, has in found.changed:
            console.print(f"  wanted: {wanted}\n  it has: {has}", markup=False)
    if found.unsaved:
        console.print(f"{found.router}: not saved; a restart would bring")
        for line in found.unsaved:
            console.print(f"  {line}", markup=False)
    for warning in found.warnings:
        typer.echo(f"{found.router}: {warning}", err=True)
    if found.unsaved is None:
        typer.echo(f"{found.router}: the router does not tell what is unsaved", err=True)
    for each in found.rewritten if verbose else ():
        console.print(f"  {each.told}\n  is written: {each.shown} ({each.reason})", markup=False)


def _metrics(ended: list[Done[Router, Drift]], now: float) -> bytes:
    """Return the metrics; names of their own, since `scrape` may write beside them."""
    commands = GaugeMetricFamily(
        "yamaha_drift_commands",
        "Commands between what a router runs and what it is compared with.",
        labels=["router", "against"],
    )
    success = GaugeMetricFamily(
        "yamaha_drift_check_success", "Whether the router could be compared.", labels=["router"]
    )
    checked = GaugeMetricFamily(
        "yamaha_drift_check_timestamp_seconds",
        "When the routers were compared, in seconds since 1970.",
        now,
    )
    for done in ended:
        success.add_metric([done.item.name], float(done.error is None))
        if done.value is not None:
            commands.add_metric([done.item.name, "rendered"], len(done.value.commands))
            if done.value.unsaved is not None:
                commands.add_metric([done.item.name, "startup"], len(done.value.unsaved))
    return text([commands, success, checked])
