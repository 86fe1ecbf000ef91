"""`yamaha-ops drift`: what routers run, against what they should run and would start from."""

import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from prometheus_client.core import GaugeMetricFamily
from rich.console import Console

from yamaha_ops.actions.crew import Crew, ground
from yamaha_ops.actions.errands import drifted
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._fleet import SkipDead, dead_of, over_many
from yamaha_ops.errors import ExitCode
from yamaha_ops.exporter import text
from yamaha_ops.exporter.once import write_textfile
from yamaha_ops.fleet import Done
from yamaha_ops.history.drift import Drift
from yamaha_ops.inventory import Router, load

app = typer.Typer(add_completion=False)


@app.command()
@over_many(deadline=300.0)
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
    crew: Crew,
    skip_dead: SkipDead = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Compare what routers run with what the inventory gives and with what they saved."""
    known = load(crew.path(inventory))
    chosen = known.select(routers or (), labels or (), everything)
    console = Console(highlight=False, soft_wrap=True)
    metrics = _Metrics(time.time())
    job = partial(
        drifted,
        inventory=ground(known),
        accept_new_host_key=accept_new_host_key,
        handshakes=crew.limit,
    )
    differs = failed = False
    for done in crew.ask(job, chosen, dead=dead_of(known, skip_dead=skip_dead)):
        metrics.add(done)
        differs, failed = differs or bool(done.value), failed or done.error is not None
        if done.error:
            typer.echo(f"yamaha-ops: {done.error.explain()}", err=True)
        if as_json:
            sys.stdout.write(json.dumps(_as_json(done), ensure_ascii=False) + "\n")
        elif done.value is not None:
            _show(done.value, console, verbose=verbose)
    if textfile:
        write_textfile(textfile, metrics.text())
    differences = detailed_exitcode and differs
    raise typer.Exit(max(ExitCode.DIFFERENCES * differences, ExitCode.FAILED * failed))


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


class _Metrics:
    """The metrics; names of their own, since `scrape` may write beside them."""

    def __init__(self, now: float) -> None:
        self._commands = GaugeMetricFamily(
            "yamaha_drift_commands",
            "Commands between what a router runs and what it is compared with.",
            labels=["router", "against"],
        )
        self._success = GaugeMetricFamily(
            "yamaha_drift_check_success", "Whether the router could be compared.", labels=["router"]
        )
        self._checked = GaugeMetricFamily(
            "yamaha_drift_check_timestamp_seconds",
            "When the routers were compared, in seconds since 1970.",
            now,
        )

    def add(self, done: Done[Router, Drift]) -> None:
        """Count one router; of a drift only its size is kept."""
        self._success.add_metric([done.item.name], float(done.error is None))
        if done.value is not None:
            self._commands.add_metric([done.item.name, "rendered"], len(done.value.commands))
            if done.value.unsaved is not None:
                self._commands.add_metric([done.item.name, "startup"], len(done.value.unsaved))

    def text(self) -> bytes:
        """Return them for a textfile collector."""
        return text([self._commands, self._success, self._checked])
