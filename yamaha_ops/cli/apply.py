"""`yamaha-ops apply`: change routers to what the inventory says, or leave them as they were."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from rich.console import Console

from yamaha_ops.actions.changing import carry_out
from yamaha_ops.actions.changing import plan as plan_for
from yamaha_ops.actions.crew import Crew, ground, site_of
from yamaha_ops.actions.elsewhere import Approval, Elsewhere, History, Orders
from yamaha_ops.actions.histories import author_from
from yamaha_ops.actions.jobs import Terms, job_for
from yamaha_ops.change.apply import abandon as give_up
from yamaha_ops.change.guard import CHOICES
from yamaha_ops.change.job import VERIFICATION_SECONDS
from yamaha_ops.change.journal import journal_of
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.change.plan import Plan, Reviewed
from yamaha_ops.change.rollout import ALL_AT_ONCE, Rollout, roll_out
from yamaha_ops.cli import _history as options_of_history
from yamaha_ops.cli import _options as options
from yamaha_ops.cli._changing import Face, every, one
from yamaha_ops.cli._choosing import chosen
from yamaha_ops.cli._fleet import on_cluster
from yamaha_ops.cli._plans import summary
from yamaha_ops.cli._progress import Progress
from yamaha_ops.cli._steady import steady
from yamaha_ops.errors import InputError, UnknownStateError
from yamaha_ops.fleet import HANDSHAKES, Cluster, Policy, run, waves
from yamaha_ops.inventory import Inventory, Router, load

app = typer.Typer(add_completion=False)

Approve = Callable[[Plan], bool]


@app.command()
@on_cluster()
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
    per_site: Annotated[
        int | None,
        typer.Option("--per-site", min=1, help="... of those with the same label `site`."),
    ] = None,
    handshakes: Annotated[
        int,
        typer.Option(
            "--handshakes",
            min=1,
            help="SSH handshakes at a time: they keep processors busy, sessions do not.",
        ),
    ] = HANDSHAKES,
    deadline: Annotated[
        float | None,
        typer.Option(
            "--deadline",
            min=1,
            help="Seconds in which a router must be ready for its change, or it is left as it is. "
            "One whose change has begun is always brought to its end.",
        ),
    ] = None,
    cluster: Cluster | None,
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
    """Change routers to what the inventory says, under a guard that takes it back.

    Ctrl-C begins no further router, takes back what is not confirmed and saves what is; a second
    one leaves at once, and the next run looks after what is open.
    """
    if guard not in CHOICES:
        raise typer.BadParameter(f"choose from {', '.join(CHOICES)}", param_hint="--guard")
    try:
        rollout = Rollout(wave, max_failures, at_once)
        list(waves((), wave))
    except InputError as error:
        raise typer.BadParameter(error.explain(), param_hint="--wave") from None
    crew = Crew(at_once, handshakes, per_site, cluster=cluster)
    known = load(crew.path(inventory))
    routers_meant = chosen(known, routers, labels, everything)
    many = len(routers_meant) > 1 or cluster is not None
    if reviewed and many:
        raise typer.BadParameter(
            "it is the plan of one router, applied from here; name one", param_hint="--plan"
        )
    review = Reviewed.load(reviewed) if reviewed else None
    kept = History(crew.path(history) if history else None, history_key, author_from(author))
    keeping = None if no_history else kept.keeping(known)
    err = Console(file=steady(sys.stderr), highlight=False)
    out = None if as_json else Console(file=steady(sys.stdout), highlight=False)
    progress = Progress(err, many=many, total=len(routers_meant) if many else 0)
    face = Face(known, routers_meant, progress, err, out)
    if abandon:
        give_up_one = partial(_abandon, known, progress)
        alone = not (many or as_json)
        face.tell(chain.from_iterable(one(r, give_up_one, raising=alone) for r in routers_meant))
        raise typer.Exit(face.code)
    terms = Terms(
        guard,
        verify_seconds,
        tuple(allow or ()),
        resend_secrets,
        accept_new_host_key,
        begin_within=deadline,
    )
    stop = face.conductor.stop
    change = partial(
        carry_out,
        known,
        report=progress,
        terms=terms,
        keeping=keeping,
        stop=stop,
        handshakes=crew.limit,
    )
    sure = yes or resume
    work: Callable[[], Iterable[Outcome]]
    if many:
        plan = partial(plan_for, known, terms=terms, handshakes=crew.limit)
        fleet = Fleet(routers_meant, rollout, per_site, partial(change, resume_only=resume), stop)
        if cluster:
            orders = Orders(ground(known), terms, None if no_history else kept, crew.limit)
            work = partial(_elsewhere, crew, fleet, orders, face, sure=sure, resume_only=resume)
        else:
            work = partial(_many, fleet, None if sure else partial(_plan_all, fleet, plan, face))
    else:
        work = partial(
            map,
            partial(
                change,
                approve=_reviewing(review, _sure if sure or review else face.ask),
                show=face.show,
                resume_only=resume,
            ),
            routers_meant,
        )
    face.run(lambda: every(routers_meant, work(), raising=not as_json))
    raise typer.Exit(face.code)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Many routers, and how they are changed.

    Attributes:
        routers: Whom.
        rollout: How many at a time, and when no further one is begun.
        per_site: How many of those that share a line.
        change: Changes one; ``approve`` is still to be given.
        stop: Set where nothing shall be begun any more.
    """

    routers: Sequence[Router]
    rollout: Rollout
    per_site: int | None
    change: Callable[..., Outcome]
    stop: Event

    @property
    def policy(self) -> Policy[Router]:
        """What limits how many are under way, beside their number."""
        return Policy(site=site_of, per_site=self.per_site)


def _many(fleet: Fleet, ask: Callable[[Executor], Approve] | None) -> Iterator[Outcome]:
    with ThreadPoolExecutor(fleet.rollout.at_once) as executor:
        approve = ask(executor) if ask else Approval()
        yield from roll_out(
            fleet.routers,
            partial(fleet.change, approve=approve),
            fleet.rollout,
            executor=executor,
            policy=fleet.policy,
            stop=fleet.stop.is_set,
        )


def _elsewhere(
    crew: Crew, fleet: Fleet, orders: Orders, face: Face, *, sure: bool, resume_only: bool
) -> Iterator[Outcome]:
    """Do the same on the workers of a cluster."""
    with crew.changer(face.inventory) as call:
        there = Elsewhere(call, orders, face.progress)
        fleet = replace(fleet, change=partial(there.change, resume_only=resume_only))
        yield from _many(fleet, None if sure else partial(_plan_all, fleet, there.plan, face))


def _plan_all(
    fleet: Fleet,
    plan: Callable[[Router], Plan],
    face: Face,
    executor: Executor,
) -> Approve:
    """Make every plan, ask once, and approve afterwards only what was shown."""
    prints: dict[str, str] = {}

    def settled(router: Router) -> Plan | None:
        """Plan from what a router runs once its open change has come to an end."""
        if fleet.stop.is_set():
            return None
        if journal_of(face.inventory.state, router.name).path.exists():
            outcome = fleet.change(router, approve=Approval(), resume_only=True)
            if outcome.result is Result.UNKNOWN:
                raise UnknownStateError(outcome.reason, router=router.name)
        return plan(router)

    for done in run(
        settled,
        fleet.routers,
        executor=executor,
        at_once=fleet.rollout.at_once,
        policy=fleet.policy,
    ):
        with face.progress.aside():
            if done.error:
                face.err.print(done.error.explain(), style="red")
            elif done.value and not done.value.empty:
                face.err.print(summary(done.value))
                prints[done.item.name] = done.value.fingerprint
    if prints and not face.ask(f"Apply to {len(prints)} routers?"):
        face.err.print("not approved; nothing was sent")
        fleet.stop.set()
    return Approval(prints)


def _abandon(inventory: Inventory, report: Progress, router: Router) -> Outcome:
    return give_up(job_for(inventory, router, report=report))


def _reviewing(review: Reviewed | None, ask: Callable[[str], bool]) -> Approve:
    """Hold the plan of one router against the reviewed one, then ask."""

    def approve(plan: Plan) -> bool:
        if review:
            review.check(plan)
        return ask(f"Apply to {plan.router}?")

    return approve


def _sure(_about: object) -> bool:
    """Approve: the user has said yes already."""
    return True
