"""`yamaha-ops firmware`: which revision runs where, and another one in its place."""

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from yamaha_ops.actions import firmwares
from yamaha_ops.actions.histories import author_from, store_for
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._asking import ask
from yamaha_ops.errors import ExitCode, InputError, YamahaOpsError
from yamaha_ops.fleet import run, waves
from yamaha_ops.history import Store
from yamaha_ops.inventory import Inventory, Router, load
from yamaha_ops.upgrade import Ended, Result, Window

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Firmware of routers.")


@app.command()
def status(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    detailed_exitcode: Annotated[
        bool,
        typer.Option("--detailed-exitcode", help="Exit with 3 where a router runs another one."),
    ] = False,
    at_once: options_of_history.AtOnce = 8,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Compare installed with wanted revisions (`firmware` in the inventory)."""
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    job = partial(firmwares.installed, inventory=known, accept_new_host_key=accept_new_host_key)
    table = Table(box=None, pad_edge=False)
    for column in ("router", "model", "installed", "wanted", "state"):
        table.add_column(column, overflow="fold")
    failed = differs = False
    with ThreadPoolExecutor(at_once) as executor:
        for done in run(job, chosen, executor=executor, at_once=at_once):
            wanted = done.item.firmware
            if done.value is None:
                failed = True
                typer.echo(f"yamaha-ops: {done.error}", err=True)
            installed = done.value
            state = firmwares.state(installed, wanted)
            differs = differs or state in {"older", "newer"}
            row = (
                done.item.name,
                done.item.model,
                str(installed) if installed else None,
                str(wanted) if wanted else None,
                state,
            )
            if as_json:
                names = ("router", "model", "installed", "wanted", "state")
                sys.stdout.write(json.dumps(dict(zip(names, row, strict=True))) + "\n")
            table.add_row(*(cell or "-" for cell in row))
    if not as_json:
        Console(highlight=False).print(table)
    drifted = detailed_exitcode and differs
    raise typer.Exit(max(ExitCode.DIFFERENCES * drifted, ExitCode.FAILED * failed))


@app.command()
def update(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    window: Annotated[
        str | None,
        typer.Option("--window", help="Begin no router outside of it: 02:00-04:30, local time."),
    ] = None,
    wave: Annotated[
        str, typer.Option("--wave", help="Sizes of the waves of routers: 1,5,25%.")
    ] = "1,25%",
    max_failures: Annotated[
        int, typer.Option("--max-failures", min=1, help="Begin no router after so many failed.")
    ] = 1,
    at_once: options_of_history.AtOnce = 8,
    author: options_of_history.Author = None,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Let routers fetch the wanted revision, restart and prove that all is as before."""
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    for entry in chosen:
        if entry.firmware is None:
            raise InputError(
                "the inventory names no revision", router=entry.name, hint="Set its `firmware`."
            )
    span = Window.parse(window) if window else None
    if not yes and not ask(f"Update and restart {len(chosen)} routers?"):
        raise YamahaOpsError("not approved; nothing was sent")
    store = store_for(known, history, history_key)
    begin = partial(
        _upgrade,
        known=known,
        store=store,
        span=span,
        author=author,
        accept_new_host_key=accept_new_host_key,
    )
    worst = ExitCode.DONE
    with ThreadPoolExecutor(at_once) as executor:
        for ended in _rolled_out(begin, chosen, wave, max_failures, executor, at_once):
            worst = max(worst, ended.exit_code)
            if as_json:
                sys.stdout.write(json.dumps(ended.as_json(), ensure_ascii=False) + "\n")
            else:
                typer.echo(f"{ended.router}: {ended.result} - {ended.reason}")
    raise typer.Exit(worst)


def _rolled_out(
    begin: "partial[Ended]",
    chosen: Sequence[Router],
    sizes: str,
    max_failures: int,
    executor: ThreadPoolExecutor,
    at_once: int,
) -> Iterator[Ended]:
    """Update wave by wave; after too many failures the rest is skipped."""
    failures = 0
    begun: set[str] = set()

    def admitted(members: Sequence[Router]) -> Iterator[Router]:
        for each in members:
            if failures >= max_failures:
                return
            begun.add(each.name)
            yield each

    for members in waves(chosen, sizes):
        for done in run(begin, admitted(members), executor=executor, at_once=at_once):
            ended = done.value or Ended(
                done.item.name, Result.FAILED, done.error.explain() if done.error else ""
            )
            failures += ended.exit_code != ExitCode.DONE
            yield ended
    for each in chosen:
        if each.name not in begun:
            yield Ended(each.name, Result.SKIPPED, "not begun, because others had failed")


def _upgrade(
    entry: Router,
    *,
    known: Inventory,
    store: Store,
    span: Window | None,
    author: str | None,
    accept_new_host_key: bool,
) -> Ended:
    return firmwares.update(
        entry,
        known,
        store,
        author=author_from(author),
        report=lambda text: typer.echo(f"{entry.name}: {text}", err=True),
        span=span,
        accept_new_host_key=accept_new_host_key,
    )
