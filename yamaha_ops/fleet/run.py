"""Run a job on many items, a bounded number at a time, and hand out results as they come."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from yamaha_ops.errors import LateError, YamahaOpsError
from yamaha_ops.fleet.policy import Admission, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Done(Generic[Item, Value]):
    """The end of one item.

    Attributes:
        item: What the job was given.
        value: What it returned; None where it failed.
        error: Why it failed.
    """

    item: Item
    value: Value | None = None
    error: YamahaOpsError | None = None


def run(
    job: Callable[[Item], Value],
    items: Iterable[Item],
    *,
    executor: Executor,
    at_once: int,
    policy: Policy[Item] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Done[Item, Value]]:
    """Run ``job`` on every item and yield each result as it comes.

    At most ``at_once`` items are under way, and no result is kept: twenty thousand routers need no
    more memory than fifty. An error of ours ends one item; any other is a fault and ends the run.

    Args:
        job: What to do.
        items: With what, in this order; taken no further ahead than needed.
        executor: Where; it should have a worker for each item under way.
        at_once: How many at a time.
        policy: Further limits: time, and places.
        clock: Seconds that never go back, for the limit of time.
    """
    policy = policy or Policy()
    limit = float("inf") if policy.seconds is None else policy.seconds
    admission = Admission(items, at_once, policy)
    under_way: dict[Future[Value], tuple[Item, float]] = {}
    given_up: dict[Future[Value], Item] = {}
    try:
        while True:
            for item in admission.admit():
                under_way[executor.submit(job, item)] = (item, clock())
            if not under_way and (admission.everybody_in or not given_up):
                return
            waited = wait({*under_way, *given_up}, _left(under_way, limit, clock), FIRST_COMPLETED)
            for future in waited.done:
                if future in given_up:
                    admission.left(given_up.pop(future))
                    continue
                item, _ = under_way.pop(future)
                admission.left(item)
                yield _done(item, future)
            for future in [f for f, (_, began) in under_way.items() if clock() - began >= limit]:
                item, _ = under_way.pop(future)
                if future.cancel():
                    admission.left(item)
                else:
                    given_up[future] = item
                yield Done(item, error=_late(limit))
    finally:
        for future in under_way:
            future.cancel()


def _done(item: Item, future: Future[Value]) -> Done[Item, Value]:
    try:
        return Done(item, future.result())
    except YamahaOpsError as error:
        return Done(item, error=error)


def _left(
    under_way: dict[Future[Value], tuple[Item, float]], limit: float, clock: Callable[[], float]
) -> float | None:
    """Return how long to wait at most: until the time of the one that began first is up."""
    if not under_way or limit == float("inf"):
        return None
    return max(0.0, next(iter(under_way.values()))[1] + limit - clock())


def _late(limit: float) -> LateError:
    return LateError(f"it took longer than {limit:g} seconds and was given up")
