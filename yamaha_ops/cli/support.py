"""`yamaha-ops support`: one archive for whoever helps, everything masked."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.actions.support import archive, bundle
from yamaha_ops.cli import _options as options
from yamaha_ops.durable import write_private
from yamaha_ops.inventory import load
from yamaha_ops.router import connect

app = typer.Typer(add_completion=False)


@app.command()
def support(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The ZIP file to write.")],
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    accept_new_host_key: options.AcceptNewHostKey = False,
) -> None:
    """Put techinfo, configuration, records, MAP-E mathematics and journal into one ZIP file."""
    known = load(inventory)
    entry = known.router(router)
    files = bundle(
        entry.name,
        partial(connect, entry, state=known.state, accept_new_host_key=accept_new_host_key),
        known.state,
        lambda command: typer.echo(command, err=True),
    )
    write_private(out, archive(files))
    if files.get("problems.txt"):
        typer.echo(files["problems.txt"], err=True, nl=False)
    typer.echo(f"{len(files)} files are in {out}; read them before you give them away", err=True)
