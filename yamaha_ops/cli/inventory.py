"""``yamaha-ops inventory``: explain, describe, edit and take over inventories."""

import json
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from yamaha_ops.cli._options import DEFAULT_INVENTORY, AcceptNewHostKey, Inventory, Json
from yamaha_ops.config import Configuration
from yamaha_ops.inventory import Inventory as Book
from yamaha_ops.inventory import load
from yamaha_ops.inventory.edit import set_value
from yamaha_ops.inventory.explain import explain
from yamaha_ops.inventory.foreign import READERS, as_yaml
from yamaha_ops.inventory.loading import keys_of
from yamaha_ops.inventory.schema import schema
from yamaha_ops.render.adopt import adopt
from yamaha_ops.router import connect

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Explain, describe, edit and take over inventories.",
)

REACHING = frozenset(
    {"host", "port", "model", "firmware", "login", "known_hosts", "legacy_algorithms", "groups"}
    | {"labels", "variables"}
)
"""What an entry says of a router that its configuration does not."""

Name = Annotated[str, typer.Argument(help="The router.", show_default=False)]


class Kind(StrEnum):
    """Whose inventories can be read."""

    ANSIBLE = "ansible"
    NORNIR = "nornir"
    NETBOX = "netbox"
    YNO = "yno"


@app.command("list")
def list_routers(inventory: Inventory = DEFAULT_INVENTORY, as_json: Json = False) -> None:
    """List the routers with their addresses and labels."""
    for router in load(inventory).routers.values():
        labels = " ".join(f"{key}={value}" for key, value in router.labels.items())
        if as_json:
            told = {"name": router.name, "host": router.host, "model": router.model}
            typer.echo(json.dumps({**told, "labels": router.labels}, ensure_ascii=False))
        else:
            typer.echo(f"{router.name}\t{router.host}:{router.port}\t{router.model}\t{labels}")


@app.command()
def show(
    router: Name,
    inventory: Inventory = DEFAULT_INVENTORY,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="Also what nobody said.", show_default=False)
    ] = False,
    as_json: Json = False,
) -> None:
    """Show every value of a router and where it came from."""
    values = [
        value for value in explain(load(inventory), router) if defaults or value.origin is not None
    ]
    if as_json:
        told = [
            {
                "field": value.field,
                "value": value.value,
                "layer": value.origin.layer if value.origin else "default",
                "where": str(value.origin.place) if value.origin else None,
            }
            for value in values
        ]
        typer.echo(json.dumps({"router": router, "values": told}, ensure_ascii=False))
        return
    shown = [f"{value.field}: {json.dumps(value.value, ensure_ascii=False)}" for value in values]
    sources = [
        f"  # {value.origin.layer}  {value.origin.place}" if value.origin else "  # default"
        for value in values
    ]
    room = shutil.get_terminal_size().columns - max(map(len, sources), default=0)
    width = max((len(text) for text in shown if len(text) <= room), default=0)
    for text, source in zip(shown, sources, strict=True):
        typer.echo(f"{text:{width}}{source}" if len(text) <= width else f"{text}\n  {source}")


@app.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of inventory files, for editors."""
    typer.echo(json.dumps(schema(), ensure_ascii=False, indent=2))


@app.command("set")
def set_field(
    router: Name,
    field: Annotated[str, typer.Argument(help="Such as line.prefix.", show_default=False)],
    value: Annotated[str, typer.Argument(help="As YAML; empty: take it away.", show_default=False)],
    inventory: Inventory = DEFAULT_INVENTORY,
) -> None:
    """Write one value into a router's entry; comments stay where they are."""
    path = set_value(load(inventory), router, keys_of(field), value)
    typer.echo(f"{path}: {router}: {field} is set", err=True)


@app.command("adopt")
def adopt_configuration(
    source: Annotated[
        str, typer.Argument(help="A configuration file, - for stdin, or a router's name.")
    ],
    name: Annotated[str, typer.Option("--name", help="What a file's router is called.")] = "home",
    host: Annotated[
        str, typer.Option("--host", help="Where the toolkit reaches a file's router.")
    ] = "192.168.100.1",
    inventory: Inventory = DEFAULT_INVENTORY,
    accept_new_host_key: AcceptNewHostKey = False,
) -> None:
    """Print an entry that means what a router is told already; then nothing is left to do.

    A router by name must be in the inventory with its host and login; its entry is printed anew.
    """
    if source == "-" or Path(source).exists():
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        configuration = Configuration.parse(data, source=source)
        basics: dict[str, Any] = {"host": host}
    else:
        name = source
        configuration, basics = _told(
            load(inventory), name, accept_new_host_key=accept_new_host_key
        )
    adoption = adopt(configuration, name, basics)
    typer.echo(as_yaml({"routers": {name: adoption.entry}}), nl=False)
    for reference, where in adoption.secrets.items():
        typer.echo(f"to be set: {reference}, the secret of: {where}", err=True)
    for line in adoption.unknown:
        typer.echo(f"not understood, and left alone: {line}", err=True)


def _told(
    book: Book, name: str, *, accept_new_host_key: bool
) -> tuple[Configuration, dict[str, Any]]:
    """Read a router's running configuration; keep what it cannot say of itself."""
    router = book.router(name)
    session = connect(router, state=book.state, accept_new_host_key=accept_new_host_key)
    try:
        session.administrator()
        text = session.configuration()
    finally:
        session.close()
    given = router.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return Configuration.parse(text, source=name), {
        key: value for key, value in given.items() if key in REACHING
    }


@app.command()
def convert(
    kind: Annotated[Kind, typer.Argument(help="Whose inventory it is.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The file, or Nornir's folder.", show_default=False)],
) -> None:
    """Print an Ansible, Nornir, NetBox or YNO inventory as one of ours."""
    typer.echo(as_yaml(READERS[kind](file)), nl=False)
