"""Many routers: a few first, more once those are well, none after too many failures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from yamaha_ops.change.apply import apply
from yamaha_ops.change.outcome import Outcome, Result
from yamaha_ops.fleet import run, waves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from yamaha_ops.change.job import Job
    from yamaha_ops.change.plan import Plan

ALL_AT_ONCE = "100%"


def roll_out(  # noqa: PLR0913 -- the policy of a rollout, by name
    jobs: Sequence[Job],
    approve: Callable[[Plan], bool],
    *,
    executor: Executor,
    at_once: int,
    wave_sizes: str = ALL_AT_ONCE,
    max_failures: int = 1,
    resume_only: bool = False,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Outcome]:
    """Change routers wave by wave and yield each outcome as it comes.

    A wave begins only when the one before has ended, every router of it verified. Once
    ``max_failures`` routers have failed, no further router is begun; those under way are brought
    to their end, and the rest come out as SKIPPED. Running it again later does the rest: a router
    that is done is found unchanged.

    Args:
        jobs: One a router, in the order they are to be changed.
        approve: Shown each plan, in the thread that changes the router.
        executor: Where the changes run.
        at_once: How many routers at a time within a wave.
        wave_sizes: As ``fleet.waves`` takes them: ``1,5,25%``.
        max_failures: How many failed routers stop the rollout.
        resume_only: Only bring interrupted changes to their end.
        stop: Asked before each router: True begins no further one.

    Raises:
        InputError: ``wave_sizes`` is not a list of sizes.
    """
    job = partial(apply, approve=approve, resume_only=resume_only)
    failures = 0
    begun: set[str] = set()

    def admitted(wave: Sequence[Job]) -> Iterator[Job]:
        for each in wave:
            if failures >= max_failures or stop():
                return
            begun.add(each.router)
            yield each

    for wave in waves(jobs, wave_sizes):
        for done in run(job, admitted(wave), executor=executor, at_once=at_once):
            outcome = done.value or Outcome(
                done.item.router, Result.FAILED, done.error.explain() if done.error else ""
            )
            failures += outcome.exit_code != 0
            yield outcome
    for each in jobs:
        if each.router not in begun:
            yield Outcome(
                each.router,
                Result.SKIPPED,
                "not begun, because others had failed or the rollout was stopped",
            )
