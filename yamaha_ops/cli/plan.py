"""`yamaha-ops plan`: the commands that apply would send, and nothing else."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.change.apply import plan as make
from yamaha_ops.change.event import silent
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._files import write_private
from yamaha_ops.cli._jobs import job_for
from yamaha_ops.cli._plans import markdown, show_plan
from yamaha_ops.errors import ExitCode, InputError
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def plan(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Save the plan, to be reviewed and applied.")
    ] = None,
    detailed_exitcode: Annotated[
        bool,
        typer.Option("--detailed-exitcode", help="Exit with 3 where something differs."),
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a merge request.")
    ] = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Show the commands that apply would send. Nothing is changed."""
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    if out and len(chosen) > 1:
        raise InputError("--out saves the plan of one router; name one")
    console = Console(highlight=False)
    differs = False
    for router in chosen:
        made = make(job_for(known, router, report=silent, accept_new_host_key=accept_new_host_key))
        differs = differs or bool(made.commands)
        if out:
            write_private(out, json.dumps(made.as_json(), ensure_ascii=False, indent=1) + "\n")
        if as_json:
            sys.stdout.write(json.dumps(made.as_json(), ensure_ascii=False) + "\n")
        elif as_markdown:
            sys.stdout.write(markdown(made))
        elif made.commands:
            show_plan(made, console)
        else:
            console.print(f"{router.name}: nothing differs")
    if differs and detailed_exitcode:
        raise typer.Exit(ExitCode.DIFFERENCES)
