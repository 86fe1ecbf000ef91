"""``yamaha-ops render``: the configuration that the inventory and the templates give."""

import json
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.cli._options import (
    DEFAULT_INVENTORY,
    All,
    Inventory,
    Json,
    Labels,
    Routers,
)
from yamaha_ops.inventory import load
from yamaha_ops.render import lines, render

app = typer.Typer(add_completion=False)

Templates = Annotated[
    Path | None,
    typer.Option(
        "--templates",
        exists=True,
        file_okay=False,
        help="Templates of your own, over the shipped ones file by file; "
        "templates/ beside the inventory if left out.",
        show_default=False,
    ),
]


@app.command("render")
def print_configuration(
    routers: Routers = None,
    label: Labels = None,
    all_routers: All = False,
    inventory: Inventory = DEFAULT_INVENTORY,
    templates: Templates = None,
    as_json: Json = False,
) -> None:
    """Print the configuration that the inventory and the templates give; secrets stay out."""
    book = load(inventory)
    own = templates or book.folder / "templates"
    for router in book.select(routers or (), label or (), everything=all_routers):
        configuration = render(router, templates=own, secrets=False)
        if not as_json:
            typer.echo(configuration.text, nl=False)
            continue
        told = [
            {"text": line.text, "template": line.template, "line": line.number}
            for line in lines(router, templates=own)
        ]
        document = {"router": router.name, "configuration": configuration.text, "lines": told}
        typer.echo(json.dumps(document, ensure_ascii=False))
