"""`yamaha-ops restore`: bring a router to a configuration of its history, as `apply` would."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions.backups import LiveSource, back_up
from yamaha_ops.actions.histories import author_from, store_for
from yamaha_ops.actions.jobs import Terms, job_for
from yamaha_ops.actions.revealing import revealing
from yamaha_ops.actions.sides import FORMS, Sides
from yamaha_ops.change.apply import apply as change
from yamaha_ops.change.apply import plan as make_plan
from yamaha_ops.change.event import Kind
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.job import VERIFICATION_SECONDS, Job
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import Plan
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._asking import ask
from yamaha_ops.cli._plans import Progress, show_outcome, show_plan
from yamaha_ops.errors import InputError, YamahaOpsError
from yamaha_ops.inventory import Router, load
from yamaha_ops.router import Session

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
        raise InputError(f"there is no guard {guard!r}", hint=f"Choose from {', '.join(CHOICES)}.")
    known = load(inventory)
    entry = known.router(router)
    store = store_for(known, history, history_key)
    side = Sides(known, entry, store).find(revision)
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)
    with closing(Progress(err)) as progress:
        job = job_for(
            known,
            entry,
            report=progress,
            wanted=side.configuration,
            terms=Terms(
                guard,
                verify_seconds,
                tuple(allow or ()),
                accept_new_host_key=accept_new_host_key,
            ),
        )
        job = _seeing_secrets(job, entry, known.state, accept_new_host_key=accept_new_host_key)
        if dry_run:
            _show_plan(job, None if as_json else out)
            return
        keep = partial(
            back_up,
            entry,
            known,
            store,
            author=author_from(author),
            accept_new_host_key=accept_new_host_key,
        )
        keep(reason=f"before restoring {side.about}")
        outcome = change(job, partial(_approve, yes=yes, console=None if as_json else out))
        if outcome.result in {Result.CHANGED, Result.FINISHED}:
            _keep_after(partial(keep, reason=f"restored {side.about}"))
    _tell(outcome, None if as_json else out)
    raise typer.Exit(outcome.exit_code)


def _seeing_secrets(job: Job, entry: Router, state: Path, *, accept_new_host_key: bool) -> Job:
    """Return the job with sessions that tell a changed secret."""

    def connect() -> Session:
        session = job.connect()
        source = LiveSource(session, entry, state, accept_new_host_key=accept_new_host_key)
        return revealing(session, source, lambda text: job.tell(text, Kind.WARNING))

    return replace(job, connect=connect)


def _show_plan(job: Job, console: Console | None) -> None:
    plan = make_plan(job)
    if console is None:
        sys.stdout.write(json.dumps(plan.as_json(), ensure_ascii=False) + "\n")
    else:
        show_plan(plan, console)


def _approve(plan: Plan, *, yes: bool, console: Console | None) -> bool:
    if console:
        show_plan(plan, console)
    return yes or ask(f"Restore {plan.router}?")


def _keep_after(keep: Callable[[], object]) -> None:
    """Record what was restored; the router is well even if that fails."""
    try:
        keep()
    except YamahaOpsError as error:
        typer.echo(f"yamaha-ops: restored, but not backed up since: {error.explain()}", err=True)


def _tell(outcome: Outcome, console: Console | None) -> None:
    if console:
        show_outcome(outcome, console)
    else:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
