"""`yamaha-ops facts`: what is known of each router, asked now or remembered."""

import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions.crew import Crew, ground
from yamaha_ops.actions.histories import local_time
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._fleet import SkipDead, dead_of, over_many
from yamaha_ops.cli._records import Grid
from yamaha_ops.durable import write_private
from yamaha_ops.errors import ExitCode
from yamaha_ops.facts import Facts, read_facts
from yamaha_ops.fleet import Handshakes
from yamaha_ops.inventory import Inventory, Router, load
from yamaha_ops.router import connect

app = typer.Typer(add_completion=False)

DAY, HOUR, MINUTE = 86_400, 3_600, 60


@app.command()
@over_many(deadline=300.0)
def facts(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    remembered: Annotated[
        bool, typer.Option("--remembered", help="Ask nobody; show what they said last.")
    ] = False,
    crew: Crew,
    skip_dead: SkipDead = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Show serial, MAC, model, revision, licences, uptime, last contact and labels."""
    known = load(crew.path(inventory))
    chosen = known.select(routers or (), labels or (), everything)
    failed = False
    found: dict[str, Facts] = dict(_remembered(known, chosen))
    if not remembered:
        job = partial(
            _asked,
            inventory=ground(known),
            accept_new_host_key=accept_new_host_key,
            handshakes=crew.limit,
        )
        dead = dead_of(known, skip_dead=skip_dead)
        for done in crew.ask(job, chosen, dead=dead, shared=known):
            if done.value is not None:
                found[done.item.name] = done.value
            else:
                failed = True
                typer.echo(f"yamaha-ops: {done.error}", err=True)
    rows = [found.get(each.name) or Facts(each.name, 0.0, labels=each.labels) for each in chosen]
    if as_json:
        for row in rows:
            told = {**row.as_json(), **({} if row.last_contact else {"last_contact": None})}
            sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        Console(highlight=False).print(_grid(rows))
    if failed:
        raise typer.Exit(ExitCode.FAILED)


def file_of(inventory: Inventory, router: str) -> Path:
    """Return where the facts of a router are remembered."""
    return inventory.state / "facts" / f"{router}.json"


def _asked(
    entry: Router, *, inventory: Inventory, accept_new_host_key: bool, handshakes: Handshakes
) -> Facts:
    session = connect(
        entry,
        state=inventory.state,
        accept_new_host_key=accept_new_host_key,
        handshakes=handshakes,
    )
    try:
        found = read_facts(session.run, entry.name, entry.labels, time.time())
    finally:
        session.drop()
    path = file_of(inventory, entry.name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(path, json.dumps(found.as_json(), ensure_ascii=False) + "\n")
    return found


def _remembered(inventory: Inventory, chosen: tuple[Router, ...]) -> Iterator[tuple[str, Facts]]:
    for entry in chosen:
        path = file_of(inventory, entry.name)
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            yield entry.name, Facts.from_json({**data, "labels": dict(entry.labels)})
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError, KeyError) as error:
            typer.echo(f"yamaha-ops: {path}: is passed over ({error})", err=True)


def _grid(rows: list[Facts]) -> Grid:
    """Lay out what there is; columns that nobody fills are left out."""
    told = [
        {
            "router": each.router,
            "model": each.model or "-",
            "firmware": (each.firmware or "-").removeprefix("Rev."),
            "serial": each.serial or "-",
            "MAC": next(iter(each.mac_addresses.values()), "-"),
            "up": _duration(each.uptime_seconds),
            "last contact": (local_time(each.last_contact)[:-3] if each.last_contact else "never"),
            "labels": " ".join(f"{k}={v}" for k, v in each.labels.items()),
            "licences": "\n".join(each.licences or ()),
        }
        for each in rows
    ]
    filled = [name for name in (told[0] if told else ()) if any(row[name] for row in told)]
    return Grid([{name: row[name] for name in filled} for row in told])


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return "-"
    if seconds >= DAY:
        return f"{seconds // DAY} d"
    return f"{seconds // HOUR}:{seconds % HOUR // MINUTE:02}"
