"""`yamaha-ops plan`: the commands that apply would send, and nothing else."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions.changing import plan as plan_for
from yamaha_ops.actions.jobs import Terms
from yamaha_ops.change.apply import nothing_differs
from yamaha_ops.change.plan import Plan
from yamaha_ops.cli import INTERRUPTED
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._choosing import chosen
from yamaha_ops.cli._conducting import Conductor
from yamaha_ops.cli._plans import markdown, show_plan
from yamaha_ops.durable import write_private
from yamaha_ops.errors import ApplyError, ExitCode, YamahaOpsError
from yamaha_ops.fleet import Handshakes
from yamaha_ops.inventory import Router, load

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
    at_once: options_of_history.AtOnce = 8,
    resend_secrets: options.ResendSecrets = False,
    accept_new_host_key: options.AcceptNewHostKey = False,
    as_json: options.Json = False,
) -> None:
    """Show the commands that apply would send. Nothing is changed."""
    known = load(inventory)
    terms = Terms(accept_new_host_key=accept_new_host_key, resend_secrets=resend_secrets)
    meant = chosen(known, routers, labels, everything)
    if out and len(meant) > 1:
        raise typer.BadParameter("it saves the plan of one router; name one", param_hint="--out")
    console = Console(highlight=False)
    conductor: Conductor[Made] = Conductor(_say_interrupted, lambda: INTERRUPTED)
    make = partial(
        _made,
        stop=conductor.stop,
        plan=partial(plan_for, known, terms=terms, handshakes=Handshakes()),
    )
    differs, code = False, int(ExitCode.DONE)
    for router, made in conductor.run(partial(_all, make, meant, at_once)):
        if isinstance(made, YamahaOpsError):
            if len(meant) == 1 and not as_json:
                raise made
            code = max(code, made.exit_code)
            if as_json:
                document = {"router": router.name, "error": str(made)}
                sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
            else:
                typer.echo(made.explain(), err=True)
            continue
        differs = differs or not made.empty
        if out:
            write_private(out, json.dumps(made.as_json(), ensure_ascii=False, indent=1) + "\n")
        _show(made, console, as_json=as_json, as_markdown=as_markdown)
    if differs and detailed_exitcode:
        code = max(code, ExitCode.DIFFERENCES)
    raise typer.Exit(INTERRUPTED if conductor.stop.is_set() else code)


Made = tuple[Router, Plan | YamahaOpsError]


def _all(make: Callable[[Router], Made], routers: Sequence[Router], at_once: int) -> Iterator[Made]:
    """Plan on several routers at a time, and give the plans in the order of the routers."""
    with ThreadPoolExecutor(at_once) as executor:
        yield from executor.map(make, routers)


def _made(router: Router, *, stop: Event, plan: Callable[[Router], Plan]) -> Made:
    if stop.is_set():
        return router, ApplyError("interrupted", router=router.name)
    try:
        return router, plan(router)
    except YamahaOpsError as error:
        return router, error


def _say_interrupted() -> None:
    typer.echo("yamaha-ops: interrupted; Ctrl-C again leaves at once", err=True)


def _show(made: Plan, console: Console, *, as_json: bool, as_markdown: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(made.as_json(), ensure_ascii=False) + "\n")
    elif as_markdown:
        sys.stdout.write(markdown(made))
    elif not made.empty:
        show_plan(made, console)
    else:
        console.print(f"{made.router}: {nothing_differs(made)}")
