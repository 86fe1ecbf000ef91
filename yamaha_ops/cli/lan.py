"""`yamaha-ops lan`: what hangs on a router, as a table, JSON or a picture."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from yamaha_ops.cli import _options as options
from yamaha_ops.durable import write_private
from yamaha_ops.facts import LanMap, read_facts, read_lan_map
from yamaha_ops.facts.picture import draw
from yamaha_ops.inventory import load
from yamaha_ops.router import connect

app = typer.Typer(add_completion=False)


@app.command()
def lan(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    interface: Annotated[
        str, typer.Option("--interface", help="Whose LAN map to ask for, where there is one.")
    ] = "lan1",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Draw a picture (SVG).", show_default=False),
    ] = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Show the hosts on a router's LAN, from ARP, DHCP and the router's own LAN map."""
    known = load(inventory)
    entry = known.router(router)
    session = connect(entry, state=known.state, accept_new_host_key=accept_new_host_key)
    try:
        found = read_lan_map(session.run, entry.name, interface=interface)
        facts = read_facts(session.run, entry.name, entry.labels, time.time()) if out else None
    finally:
        session.drop()
    if out:
        write_private(out, draw(found, facts))
    if as_json:
        sys.stdout.write(json.dumps(found.as_json(), ensure_ascii=False) + "\n")
    elif not out:
        Console(highlight=False).print(_table(found))


def _table(found: LanMap) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("interface", "port", "address", "MAC", "name", "lease", "switch"):
        table.add_column(column, overflow="fold")
    for host in found.hosts:
        table.add_row(
            host.interface or "-",
            str(host.port or "-"),
            host.address or "-",
            host.mac_address or "-",
            host.host_name or "-",
            "-" if host.lease_seconds is None else f"{host.lease_seconds} s",
            f"{host.agent} port {host.agent_port}" if host.agent else "-",
        )
    return table
