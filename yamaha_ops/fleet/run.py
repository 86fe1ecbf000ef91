"""Run a job on many items, a bounded number at a time, and hand out results as they come."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from yamaha_ops.errors import YamahaOpsError

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
    job: Callable[[Item], Value], items: Iterable[Item], *, executor: Executor, at_once: int
) -> Iterator[Done[Item, Value]]:
    """Run ``job`` on every item and yield each result as it comes.

    At most ``at_once`` items are under way, and no result is kept: twenty thousand routers need no
    more memory than fifty. An error of ours ends one item; any other is a fault and ends the run.
    """
    rest = iter(items)
    under_way: dict[Future[Value], Item] = {}
    try:
        while True:
            for item in islice(rest, at_once - len(under_way)):
                under_way[executor.submit(job, item)] = item
            if not under_way:
                return
            finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                item = under_way.pop(future)
                try:
                    value = future.result()
                except YamahaOpsError as error:
                    yield Done(item, error=error)
                else:
                    yield Done(item, value)
    finally:
        for future in under_way:
            future.cancel()
