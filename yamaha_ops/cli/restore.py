"""`yamaha-ops restore`: bring a router to a configuration of its history, as `apply` would."""

import json
import sys
from contextlib import closing
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions.changing import Keeping, carry_out, plan
from yamaha_ops.actions.histories import author_from, store_for
from yamaha_ops.actions.jobs import Terms
from yamaha_ops.actions.sides import FORMS, Sides
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.job import VERIFICATION_SECONDS
from yamaha_ops.change.plan import Plan
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._changing import Face, one
from yamaha_ops.cli._plans import show_plan
from yamaha_ops.cli._progress import Progress
from yamaha_ops.cli._steady import steady
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    router: Annotated[str, typer.Argument(help="The router, by inventory name.")],
    revision: Annotated[str, typer.Argument(help=f"{FORMS}.")],
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the commands, and send nothing.")
    ] = False,
    guard: Annotated[
        str, typer.Option("--guard", help=f"What takes a change back: {', '.join(CHOICES)}.")
    ] = "auto",
    verify_seconds: Annotated[
        float,
        typer.Option("--verify-seconds", min=1, help="How long the line may take to come up."),
    ] = VERIFICATION_SECONDS,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", help="A danger that is meant, as the refusal names it."),
    ] = None,
    author: options_of_history.Author = None,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Bring a router to a configuration of its history, under the guard of `apply`.

    The router is backed up before and after, so that a restore can be restored.
    """
    if guard not in CHOICES:
        raise typer.BadParameter(f"choose from {', '.join(CHOICES)}", param_hint="--guard")
    known = load(inventory)
    entry = known.router(router)
    store = store_for(known, history, history_key)
    side = Sides(known, entry, store).find(revision)
    out = None if as_json else Console(file=steady(sys.stdout), highlight=False)
    err = Console(file=steady(sys.stderr), highlight=False)
    terms = Terms(
        guard, verify_seconds, tuple(allow or ()), accept_new_host_key=accept_new_host_key
    )
    progress = Progress(err)
    if dry_run:
        with closing(progress):
            made = plan(known, entry, report=progress, terms=terms, wanted=side.configuration)
            _show_plan(made, out)
        return
    face = Face(known, [entry], progress, err, out)
    change = partial(
        carry_out,
        known,
        approve=lambda made: yes or face.ask(f"Restore {made.router}?"),
        report=progress,
        terms=terms,
        keeping=Keeping(
            store,
            author_from(author),
            before=f"before restoring {side.about}",
            after=f"restored {side.about}",
        ),
        wanted=side.configuration,
        show=face.show,
        stop=face.conductor.stop,
    )
    face.run(partial(one, entry, change, raising=not as_json))
    raise typer.Exit(face.code)


def _show_plan(made: Plan, console: Console | None) -> None:
    if console is None:
        sys.stdout.write(json.dumps(made.as_json(), ensure_ascii=False) + "\n")
    else:
        show_plan(made, console)
