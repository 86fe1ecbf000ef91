"""``yamaha-ops inventory``: explain, describe, edit and take over inventories."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.cli._options import DEFAULT_INVENTORY, Inventory, Json
from yamaha_ops.inventory import load
from yamaha_ops.inventory.edit import set_value
from yamaha_ops.inventory.explain import explain
from yamaha_ops.inventory.foreign import READERS, as_yaml
from yamaha_ops.inventory.loading import keys_of
from yamaha_ops.inventory.schema import schema

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Explain, describe, edit and take over inventories.",
)

Name = Annotated[str, typer.Argument(help="The router.", show_default=False)]


class Kind(StrEnum):
    """Whose inventories can be read."""

    ANSIBLE = "ansible"
    NORNIR = "nornir"
    NETBOX = "netbox"


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
    width = max(map(len, shown), default=0)
    for text, value in zip(shown, values, strict=True):
        source = f"{value.origin.layer}  {value.origin.place}" if value.origin else "default"
        typer.echo(f"{text:{width}}  # {source}")


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


@app.command()
def convert(
    kind: Annotated[Kind, typer.Argument(help="Whose inventory it is.", show_default=False)],
    file: Annotated[Path, typer.Argument(help="The file, or Nornir's folder.", show_default=False)],
) -> None:
    """Print an Ansible, Nornir or NetBox inventory as one of ours."""
    typer.echo(as_yaml(READERS[kind](file)), nl=False)
