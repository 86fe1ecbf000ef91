"""`yamaha-ops apply`: change routers to what the inventory says, or leave them as they were."""

import json
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions.changing import Keeping, carry_out
from yamaha_ops.actions.changing import plan as plan_for
from yamaha_ops.actions.histories import author_from, store_for
from yamaha_ops.actions.jobs import Terms, job_for
from yamaha_ops.change.apply import abandon as give_up
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.job import VERIFICATION_SECONDS
from yamaha_ops.change.outcome import Outcome, failed
from yamaha_ops.change.plan import Plan, Reviewed
from yamaha_ops.change.rollout import ALL_AT_ONCE, Rollout, roll_out
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._plans import Progress, show_outcome, show_plan, show_summary, summary
from yamaha_ops.errors import InputError, YamahaOpsError
from yamaha_ops.fleet import run
from yamaha_ops.inventory import Router, load

app = typer.Typer(add_completion=False)

Approve = Callable[[Plan], bool]
Change = Callable[[Router], Outcome]


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
    abandon: Annotated[
        bool,
        typer.Option(
            "--abandon", help="Put the journal of an open change away; the router is not touched."
        ),
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
    resend_secrets: options.ResendSecrets = False,
    no_history: options_of_history.NoHistory = False,
    author: options_of_history.Author = None,
    history: options_of_history.HistoryPath = None,
    history_key: options_of_history.HistoryKey = None,
    accept_new_host_key: options.AcceptNewHostKey = False,
    yes: options.Yes = False,
    as_json: options.Json = False,
) -> None:
    """Change routers to what the inventory says, under a guard that takes it back."""
    if guard not in CHOICES:
        raise typer.BadParameter(f"choose from {', '.join(CHOICES)}", param_hint="--guard")
    review = Reviewed.load(reviewed) if reviewed else None
    known = load(inventory)
    chosen = known.select(routers or (), labels or (), everything)
    keeping = None
    if not no_history:
        keeping = Keeping(store_for(known, history, history_key), author_from(author))
    many = len(chosen) > 1
    if review and many:
        raise InputError("--plan applies the plan of one router; name one")
    err = Console(stderr=True, highlight=False)
    out = None if as_json else Console(highlight=False)
    with closing(Progress(err, many=many)) as progress:
        terms = Terms(
            guard, verify_seconds, tuple(allow or ()), resend_secrets, accept_new_host_key
        )
        outcomes: Iterator[Outcome]
        if abandon:
            outcomes = (give_up(job_for(known, router, report=progress)) for router in chosen)
        else:
            change = partial(
                carry_out,
                known,
                report=progress,
                terms=terms,
                keeping=keeping,
                resume_only=resume,
            )
            if many:
                rollout = Rollout(wave, max_failures, at_once)
                shown = None if yes or resume else partial(plan_for, known, terms=terms)
                outcomes = _many(chosen, change, rollout, shown, err)
            else:
                approve = _reviewing(review, _sure if yes or review else _ask, out)
                outcomes = _one(chosen[0], partial(change, approve=approve), raising=not as_json)
        ended = [_told(outcome, out) for outcome in outcomes]
    if many and out:
        show_summary(ended, out)
    raise typer.Exit(max(outcome.exit_code for outcome in ended))


def _one(router: Router, change: Change, *, raising: bool) -> Iterator[Outcome]:
    try:
        yield change(router)
    except YamahaOpsError as error:
        if raising:
            raise
        yield failed(router.name, error)


def _many(
    routers: Sequence[Router],
    change: Callable[..., Outcome],
    rollout: Rollout,
    plan: Callable[[Router], Plan] | None,
    console: Console,
) -> Iterator[Outcome]:
    """Roll out; the first Ctrl-C begins no further router and waits for those under way."""
    stopped = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()
        console.print("no further router is begun; those under way are brought to their end")

    before = signal.signal(signal.SIGINT, stop)
    try:
        with ThreadPoolExecutor(rollout.at_once) as executor:
            approve: Approve = _sure
            if plan:
                approve = _asked_once(routers, plan, executor, rollout.at_once, console)
            yield from roll_out(
                routers,
                partial(change, approve=approve),
                rollout,
                executor=executor,
                stop=stopped.is_set,
            )
    finally:
        signal.signal(signal.SIGINT, before)


def _told(outcome: Outcome, console: Console | None) -> Outcome:
    if console:
        show_outcome(outcome, console)
    else:
        sys.stdout.write(json.dumps(outcome.as_json(), ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return outcome


def _reviewing(
    review: Reviewed | None, ask: Callable[[str], bool], console: Console | None
) -> Approve:
    """Show the plan of one router, hold it against the reviewed one, then ask."""

    def approve(plan: Plan) -> bool:
        if review:
            review.check(plan)
        if console:
            show_plan(plan, console)
        return ask(f"Apply to {plan.router}?")

    return approve


def _sure(_about: object) -> bool:
    """Approve: the user has said yes already."""
    return True


def _asked_once(
    routers: Sequence[Router],
    plan: Callable[[Router], Plan],
    executor: ThreadPoolExecutor,
    at_once: int,
    console: Console,
) -> Approve:
    """Make every plan, ask once, and approve afterwards only what was shown."""
    prints: dict[str, str] = {}
    for done in run(plan, routers, executor=executor, at_once=at_once):
        if done.value is None:
            console.print(done.error.explain() if done.error else "", style="red")
        elif not done.value.empty:
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
