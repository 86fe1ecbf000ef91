"""`yamaha-ops apply`: change routers to what the inventory says, or leave them as they were."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.change.apply import apply as change
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.job import VERIFICATION_SECONDS
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import Plan, check_reviewed
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._jobs import job_for
from yamaha_ops.cli._plans import Progress, show_outcome, show_plan
from yamaha_ops.errors import ExitCode, InputError, YamahaOpsError
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)


@app.command()
def apply(
    routers: options.Routers = None,
    *,
    inventory: options.Inventory = options.DEFAULT_INVENTORY,
    labels: options.Labels = None,
    everything: options.All = False,
    reviewed: Annotated[
        Path | None,
        typer.Option("--plan", help="Apply exactly this saved plan, or refuse."),
    ] = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Only bring an interrupted change to its end."),
    ] = False,
    guard: Annotated[
        str, typer.Option("--guard", help=f"What takes a change back: {', '.join(CHOICES)}.")
    ] = "auto",
    verify_seconds: Annotated[
        float,
        typer.Option("--verify-seconds", min=1, help="How long the line may take to come up."),
    ] = VERIFICATION_SECONDS,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Change routers to what the inventory says, under a guard that takes it back."""
    if guard not in CHOICES:
        raise InputError(f"there is no guard {guard!r}", hint=f"Choose from {', '.join(CHOICES)}.")
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    if reviewed and len(chosen) > 1:
        raise InputError("--plan applies the plan of one router; name one")
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)

    def approve(plan: Plan) -> bool:
        if reviewed:
            check_reviewed(plan, reviewed)
        if not as_json:
            show_plan(plan, out)
        return yes or bool(reviewed) or _ask(plan.router)

    worst = ExitCode.DONE
    for router in chosen:
        progress = Progress(err)
        try:
            job = job_for(
                known,
                router,
                report=progress,
                guard=guard,
                accept_new_host_key=accept_new_host_key,
                verification_seconds=verify_seconds,
            )
            outcome = change(job, approve, resume_only=resume)
        except YamahaOpsError as error:
            if len(chosen) == 1 and not as_json:
                raise
            outcome = Outcome(router.name, Result.FAILED, error.explain())
        finally:
            progress.close()
        worst = max(worst, outcome.exit_code)
        if as_json:
            sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
        else:
            show_outcome(outcome, out)
    raise typer.Exit(worst)


def _ask(router: str) -> bool:
    if not sys.stdin.isatty():
        raise InputError(
            f"nobody is there to approve the change of {router}",
            hint="Answer on a terminal, or say --yes, or apply a reviewed plan with --plan.",
        )
    return typer.confirm(f"Apply to {router}?", err=True)
