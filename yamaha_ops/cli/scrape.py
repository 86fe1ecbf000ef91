"""`yamaha-ops scrape`: one round of health over the chosen routers, as metrics."""

import json
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.actions.crew import Crew, ground
from yamaha_ops.actions.histories import backup_times
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._fleet import SkipDead, dead_of, over_many
from yamaha_ops.errors import ExitCode, InputError
from yamaha_ops.exporter import Scrape
from yamaha_ops.exporter import as_json as scrape_as_json
from yamaha_ops.exporter.once import AT_ONCE, ask_once, write_textfile
from yamaha_ops.exporter.spool import Spool
from yamaha_ops.exporter.target import Settings
from yamaha_ops.fleet import Done, Handshakes
from yamaha_ops.health import MODULES, Module
from yamaha_ops.inventory import Inventory, Router, load
from yamaha_ops.router import ShellSession, connect

app = typer.Typer(add_completion=False)

SECONDS = 60.0
"""How long a router may take, where nobody says so."""
GRACE = 5.0
"""Seconds behind its deadline that a router has to say why it is late; then nobody waits for it."""

ModuleName = Annotated[
    str, typer.Option("--module", "-m", help=f"What to ask: {', '.join(MODULES)}.")
]
PerHost = Annotated[bool, typer.Option("--per-host", help="Also a series for each host of a LAN.")]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, help="Seconds that each router may take.")
]


@app.command()
@over_many(at_once=AT_ONCE, deadline=SECONDS)
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
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", min=0.1, hidden=True, help="The same as --deadline."),
    ] = None,
    crew: Crew,
    skip_dead: SkipDead = False,
    per_host: PerHost = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Ask the chosen routers once and print Prometheus metrics; exit 1 if one cannot be asked."""
    known = load(crew.path(inventory))
    chosen = known.select(routers or (), labels or (), everything)
    module_named(module)
    seconds = timeout or crew.deadline or SECONDS
    job = partial(
        _asked,
        inventory=ground(known),
        module=module,
        seconds=seconds,
        accept_new_host_key=accept_new_host_key,
        handshakes=crew.limit,
    )
    failed = False
    with Spool(per_host=per_host) as spool:
        for done in replace(crew, deadline=seconds + GRACE).ask(
            job,
            chosen,
            dead=dead_of(known, skip_dead=skip_dead),
            silent=lambda scrape: scrape.health is None,
        ):
            scrape = _scrape(done)
            failed = failed or scrape.health is None
            if scrape.error:
                typer.echo(f"yamaha-ops: {scrape.error}", err=True)
            if as_json:
                line = json.dumps(scrape_as_json(scrape, per_host=per_host), ensure_ascii=False)
                sys.stdout.write(f"{line}\n")
            if textfile or not as_json:
                spool.add(scrape)
        if textfile:
            write_textfile(textfile, spool.page())
        elif not as_json:
            sys.stdout.writelines(piece.decode() for piece in spool.page())
    if failed:
        raise typer.Exit(ExitCode.FAILED)


def _asked(
    entry: Router,
    *,
    inventory: Inventory,
    module: str,
    seconds: float,
    accept_new_host_key: bool,
    handshakes: Handshakes,
) -> Scrape:
    """Ask one router, wherever this runs."""
    settings = settings_for(
        inventory, accept_new_host_key=accept_new_host_key, handshakes=handshakes
    )
    return ask_once(entry, settings, module_named(module), seconds)


def _scrape(done: Done[Router, Scrape]) -> Scrape:
    return done.value or Scrape(done.item.name, time.time(), 0.0, error=str(done.error))


def module_named(name: str) -> Module:
    """Return a set of questions by its name.

    Raises:
        InputError: There is no such set.
    """
    if name not in MODULES:
        raise InputError(f"there is no module {name!r}; known are {', '.join(MODULES)}")
    return MODULES[name]


def settings_for(
    inventory: Inventory,
    *,
    accept_new_host_key: bool = False,
    config_seconds: float = 0.0,
    handshakes: Handshakes = Handshakes(),
) -> Settings:
    """Return how the routers of an inventory are asked."""

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
