"""Many routers: a few first, more once those are well, none after too many failures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from yamaha_ops.change.outcome import Outcome, Result, failed
from yamaha_ops.errors import ExitCode
from yamaha_ops.fleet import Policy, run, waves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

ALL_AT_ONCE = "100%"


class Named(Protocol):
    """A router, as far as a rollout knows one."""

    @property
    def name(self) -> str:
        """Its inventory name."""
        ...


Item = TypeVar("Item", bound=Named)


@dataclass(frozen=True, slots=True)
class Rollout:
    """How many routers are changed, and when no further one is.

    Attributes:
        wave_sizes: As ``fleet.waves`` takes them: ``1,5,25%``.
        max_failures: How many failed routers stop it.
        at_once: Routers at a time within a wave.
    """

    wave_sizes: str = ALL_AT_ONCE
    max_failures: int = 1
    at_once: int = 8


def roll_out(
    routers: Sequence[Item],
    change: Callable[[Item], Outcome],
    rollout: Rollout,
    *,
    executor: Executor,
    policy: Policy[Item] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Outcome]:
    """Change routers wave by wave and yield each outcome as it comes.

    A wave begins only when the one before has ended, every router of it verified. Once
    ``max_failures`` routers have failed, no further router is begun; those under way are brought
    to their end, and the rest come out as SKIPPED. Running it again later does the rest: a router
    that is done is found unchanged.

    Args:
        routers: In the order they are to be changed.
        change: Changes one of them, in a thread of the executor.
        rollout: How many at a time, and when to stop.
        executor: Where the changes run; it should have ``rollout.at_once`` workers.
        policy: What else limits how many are under way. A limit of time would abandon a router in
            the middle of its change, and must not be set.
        stop: Asked before each router: True begins no further one.

    Raises:
        InputError: ``wave_sizes`` is not a list of sizes.
    """
    failures = 0

    def begin(router: Item) -> Outcome:
        if failures >= rollout.max_failures or stop():
            reason = "not begun, because others had failed or the rollout was stopped"
            return Outcome(router.name, Result.SKIPPED, reason)
        return change(router)

    for wave in waves(routers, rollout.wave_sizes):
        for done in run(begin, wave, executor=executor, at_once=rollout.at_once, policy=policy):
            outcome = done.value or failed(done.item.name, done.error)
            failures += outcome.exit_code != ExitCode.DONE
            yield outcome
