"""`yamaha-ops scrape`: one round of health over the chosen routers, as metrics."""

import json
import os
import sys
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated

import typer

from yamaha_ops.actions.histories import backup_times
from yamaha_ops.cli import _options as options
from yamaha_ops.errors import ExitCode, InputError
from yamaha_ops.exporter import as_json as scrape_as_json
from yamaha_ops.exporter.once import AT_ONCE, scrape_once, write_textfile
from yamaha_ops.exporter.page import page
from yamaha_ops.exporter.target import Settings
from yamaha_ops.health import MODULES, Module
from yamaha_ops.inventory import Inventory, Router, load
from yamaha_ops.router import ShellSession, connect

app = typer.Typer(add_completion=False)

HANDSHAKES = max(4, 4 * (os.cpu_count() or 1))
"""Handshakes at the same time: each keeps a processor busy, and more only make all of them late."""

ModuleName = Annotated[
    str, typer.Option("--module", "-m", help=f"What to ask: {', '.join(MODULES)}.")
]
PerHost = Annotated[bool, typer.Option("--per-host", help="Also a series for each host of a LAN.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, help="Seconds that each router may take.")
]


@app.command()
def scrape(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    module: ModuleName = "standard",
    textfile: Annotated[
        Path | None,
        typer.Option("--textfile", help="Write the metrics to this file, whole or not at all."),
    ] = None,
    timeout: Timeout = 60.0,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, help="Routers asked at the same time.")
    ] = AT_ONCE,
    per_site: Annotated[
        int | None,
        typer.Option("--per-site", min=1, help="... of those with the same label `site`."),
    ] = None,
    per_host: PerHost = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Ask the chosen routers once and print Prometheus metrics; exit 1 if one cannot be asked."""
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    settings = settings_for(known, accept_new_host_key=accept_new_host_key)
    scrapes = []
    for each in scrape_once(
        chosen,
        settings,
        module_named(module),
        timeout,
        at_once=at_once,
        per_site=per_site,
    ):
        scrapes.append(each)
        if each.error:
            typer.echo(f"yamaha-ops: {each.error}", err=True)
        if as_json:
            line = json.dumps(scrape_as_json(each, per_host=per_host), ensure_ascii=False)
            sys.stdout.write(f"{line}\n")
    given = page(scrapes, per_host=per_host)
    if textfile:
        write_textfile(textfile, given)
    elif not as_json:
        sys.stdout.write(given.decode())
    if any(each.health is None for each in scrapes):
        raise typer.Exit(ExitCode.FAILED)


def module_named(name: str) -> Module:
    """Return a set of questions by its name.

    Raises:
        InputError: There is no such set.
    """
    if name not in MODULES:
        raise InputError(f"there is no module {name!r}; known are {', '.join(MODULES)}")
    return MODULES[name]


def settings_for(
    inventory: Inventory, *, accept_new_host_key: bool = False, config_seconds: float = 0.0
) -> Settings:
    """Return how the routers of an inventory are asked."""
    handshakes = BoundedSemaphore(HANDSHAKES)

    def opened(router: Router, seconds: float) -> ShellSession:
        return connect(
            router,
            state=inventory.state,
            accept_new_host_key=accept_new_host_key,
            timeout=seconds,
            handshakes=handshakes,
        )

    return Settings(
        opened,
        templates=inventory.folder / "templates",
        config_seconds=config_seconds,
        backup_time=backup_times(inventory),
    )
