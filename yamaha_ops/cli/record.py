"""`yamaha-ops record`: a transcript that anyone can contribute."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from yamaha_ops.cli import _options as options
from yamaha_ops.durable import write_private
from yamaha_ops.errors import InputError
from yamaha_ops.health.recording import record as record_router
from yamaha_ops.inventory import load
from yamaha_ops.router import connect

app = typer.Typer(add_completion=False)


@app.command()
def record(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write; - is stdout.")],
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    commands: Annotated[
        list[str] | None,
        typer.Option("--command", "-c", help="Ask this instead of everything; repeatable."),
    ] = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
) -> None:
    """Run the show commands and keep what the router prints.

    Addresses, MAC addresses, names, serial numbers and secrets are replaced, the same thing by
    the same stand-in everywhere. Read the file before you give it away all the same.
    """
    if not out.parent.is_dir():
        raise InputError("is in no folder that exists", where=str(out))
    known = load(inventory)
    entry = known.router(router)

    def progress(command: str) -> None:
        typer.echo(command, err=True)

    session = connect(entry, state=known.state, accept_new_host_key=accept_new_host_key)
    try:
        transcript = record_router(
            session,
            day=datetime.now(UTC).date(),
            commands=commands or (),
            progress=progress,
        )
    finally:
        session.drop()
    if out == Path("-"):
        sys.stdout.write(transcript.dumps())
    else:
        write_private(out, transcript.dumps())
        typer.echo(
            f"{len(transcript.sections)} answers are in {out}; read it before you give it away",
            err=True,
        )
