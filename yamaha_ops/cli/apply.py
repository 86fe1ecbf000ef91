"""`yamaha-ops apply`: change routers to what the inventory says, or leave them as they were."""

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.change.apply import apply as change
from yamaha_ops.change.apply import plan as make_plan
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.job import VERIFICATION_SECONDS, Job
from yamaha_ops.change.outcome import Outcome
from yamaha_ops.change.plan import Plan, check_reviewed
from yamaha_ops.change.rollout import ALL_AT_ONCE, roll_out
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._jobs import job_for
from yamaha_ops.cli._plans import Progress, show_outcome, show_plan, show_summary, summary
from yamaha_ops.errors import InputError, YamahaOpsError
from yamaha_ops.fleet import run
from yamaha_ops.inventory import load

app = typer.Typer(add_completion=False)

Approve = Callable[[Plan], bool]


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
        typer.Option("--resume", help="Only bring interrupted changes to their end."),
    ] = False,
    guard: Annotated[
        str, typer.Option("--guard", help=f"What takes a change back: {', '.join(CHOICES)}.")
    ] = "auto",
    verify_seconds: Annotated[
        float,
        typer.Option("--verify-seconds", min=1, help="How long the line may take to come up."),
    ] = VERIFICATION_SECONDS,
    wave: Annotated[
        str, typer.Option("--wave", help="Sizes of the waves of routers: 1,5,25%.")
    ] = ALL_AT_ONCE,
    max_failures: Annotated[
        int, typer.Option("--max-failures", min=1, help="Begin no router after so many failed.")
    ] = 1,
    at_once: Annotated[
        int, typer.Option("--at-once", min=1, help="Routers at a time within a wave.")
    ] = 8,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", help="A danger that is meant, as the refusal names it."),
    ] = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Change routers to what the inventory says, under a guard that takes it back."""
    if guard not in CHOICES:
        raise InputError(f"there is no guard {guard!r}", hint=f"Choose from {', '.join(CHOICES)}.")
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    many = len(chosen) > 1
    if reviewed and many:
        raise InputError("--plan applies the plan of one router; name one")
    out, err = Console(highlight=False), Console(stderr=True, highlight=False)
    progress = Progress(err, many=many)
    jobs = [
        job_for(
            known,
            router,
            report=progress,
            guard=guard,
            accept_new_host_key=accept_new_host_key,
            verification_seconds=verify_seconds,
            allowed=allow or (),
        )
        for router in chosen
    ]
    ask = _sure if yes or reviewed else _ask
    with closing(progress), ThreadPoolExecutor(at_once) as executor:
        if many:
            approve = _sure if yes or resume else _asked_once(jobs, executor, at_once, err)
        else:
            approve = _reviewing(reviewed, ask, None if as_json else out)
        if many or as_json:
            outcomes = roll_out(
                jobs,
                approve,
                executor=executor,
                at_once=at_once,
                wave_sizes=wave,
                max_failures=max_failures,
                resume_only=resume,
            )
        else:
            outcomes = iter((change(jobs[0], approve, resume_only=resume),))
        ended = [_told(outcome, None if as_json else out) for outcome in outcomes]
    if many and not as_json:
        show_summary(ended, out)
    raise typer.Exit(max(outcome.exit_code for outcome in ended))


def _told(outcome: Outcome, console: Console | None) -> Outcome:
    if console:
        show_outcome(outcome, console)
    else:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
    return outcome


def _reviewing(
    reviewed: Path | None, ask: Callable[[str], bool], console: Console | None
) -> Approve:
    """Show the plan of one router, hold it against the reviewed one, then ask."""

    def approve(plan: Plan) -> bool:
        if reviewed:
            check_reviewed(plan, reviewed)
        if console:
            show_plan(plan, console)
        return ask(f"Apply to {plan.router}?")

    return approve


def _sure(_about: object) -> bool:
    """Approve: the user has said yes already."""
    return True


def _asked_once(
    jobs: Sequence[Job], executor: ThreadPoolExecutor, at_once: int, console: Console
) -> Approve:
    """Make every plan, ask once, and approve afterwards only what was shown."""
    prints: dict[str, str] = {}
    for done in run(make_plan, jobs, executor=executor, at_once=at_once):
        if done.value is None:
            console.print(done.error.explain() if done.error else "", style="red")
        elif done.value.commands:
            console.print(summary(done.value))
            prints[done.value.router] = done.value.fingerprint
    if prints and not _ask(f"Apply to {len(prints)} routers?"):
        raise YamahaOpsError("not approved; nothing was sent")
    return lambda plan: prints.get(plan.router) == plan.fingerprint


def _ask(question: str) -> bool:
    if not sys.stdin.isatty():
        raise InputError(
            f"nobody is there to answer: {question}",
            hint="Answer on a terminal, or say --yes, or apply a reviewed plan with --plan.",
        )
    return typer.confirm(question, err=True)
