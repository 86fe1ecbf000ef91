"""Several items as one task: what is sent to another process, and comes back as one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from yamaha_ops.fleet.run import Done, run

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

    from yamaha_ops.fleet.policy import Policy

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Batch(Generic[Item, Value]):
    """A job on the items of one task, a bounded number at a time, in threads of its own.

    Attributes:
        job: What to do.
        at_once: How many items of a task at a time.
        policy: Further limits within a task.
    """

    job: Callable[[Item], Value]
    at_once: int
    policy: Policy[Item]

    def __call__(self, items: Sequence[Item]) -> tuple[Done[Item, Value], ...]:
        """Do it; an error of ours is the result of its item, any other ends the task."""
        with ThreadPoolExecutor(max(1, min(self.at_once, len(items)))) as executor:
            return tuple(
                run(self.job, items, executor=executor, at_once=self.at_once, policy=self.policy)
            )


def batches(
    items: Iterable[Item], size: int, site: Callable[[Item], Hashable] | None = None
) -> Iterator[tuple[Item, ...]]:
    """Split items into batches of ``size`` or a little more.

    Args:
        items: In the order they are wanted; with ``site`` they are all taken before the first
            batch comes out.
        size: How many make a batch.
        site: Where an item is. A site is never split: whoever has its batch knows all of it, so
            that a limit within a batch is a limit of the site.
    """
    batch: list[Item] = []
    for together in ([item] for item in items) if site is None else _by_site(items, site):
        batch += together
        if len(batch) >= size:
            yield tuple(batch)
            batch = []
    if batch:
        yield tuple(batch)


def _by_site(items: Iterable[Item], site: Callable[[Item], Hashable]) -> Iterable[list[Item]]:
    sites: dict[Hashable, list[Item]] = {}
    for item in items:
        sites.setdefault(site(item), []).append(item)
    return sites.values()
