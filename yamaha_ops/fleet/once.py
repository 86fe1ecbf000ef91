"""At most once, whatever a Dask cluster does.

A scheduler runs a task again whose worker is gone: as often as *its* settings say, without counting
where the worker left in good order, and even where the task had ended but its result was not
fetched yet. No option of a client turns all of that off. So a change begins by taking a claim that
the scheduler holds and gives away once; who finds none does nothing.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from yamaha_ops.errors import LostError, UnknownStateError, YamahaOpsError
from yamaha_ops.fleet.extra import GONE, dask

if TYPE_CHECKING:
    from collections.abc import Callable

Item = TypeVar("Item")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Claimed(Generic[Item]):
    """An item, and the claim without which nothing is done with it."""

    item: Item
    claim: str = field(default_factory=lambda: f"yamaha-ops-{uuid.uuid4().hex}")


@dataclass(frozen=True, slots=True)
class Once(Generic[Item, Value]):
    """Does a job on an item whose claim can be taken. For the thread that runs a task of Dask."""

    job: Callable[[Item], Value]

    def __call__(self, claimed: Claimed[Item]) -> Value:
        """Do it.

        Raises:
            LostError: The scheduler cannot be asked; nothing was done.
            UnknownStateError: Somebody has taken the claim: what became of it is not known here.
        """
        try:
            # All that is there, without waiting: the scheduler gives it to one alone.
            queue = dask().Queue(claimed.claim)
            taken = queue.get(batch=True)
            queue.close()
        except GONE as error:
            raise LostError("the scheduler of the cluster does not answer") from error
        if not taken:
            raise _unknown()
        return self.job(claimed.item)


class Claims:
    """The claims that a client has given out.

    Args:
        client: Its connection with the scheduler.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._given: dict[str, Any] = {}

    def give(self, claimed: Claimed[Item]) -> None:
        """Let the scheduler hold the claim of an item that is about to be sent.

        Raises:
            OSError, RuntimeError: The scheduler is gone.
        """
        queue = self._given[claimed.claim] = dask().Queue(claimed.claim, self._client)
        queue.put(1)

    def withdraw(self, claimed: Claimed[Item]) -> YamahaOpsError:
        """Take back the claim of an item whose worker is lost; return what became of the item."""
        if self.forget(claimed):
            return LostError("its worker was lost before it began; nothing was sent")
        return _unknown()

    def forget(self, claimed: Claimed[Item]) -> bool:
        """Let nobody begin any more; return whether it is certain that nobody had begun."""
        return self._taken_back(claimed.claim)

    def close(self) -> None:
        """Withdraw every claim that is left."""
        for claim in list(self._given):
            self._taken_back(claim)

    def _taken_back(self, claim: str) -> bool:
        queue = self._given.pop(claim, None)
        with suppress(*GONE):
            if queue is not None:
                left = queue.get(batch=True)
                queue.close()
                return bool(left)
        return False


def _unknown() -> UnknownStateError:
    return UnknownStateError(
        "its worker was lost, and it may have begun: how far it came is not known",
        hint="Look at the router; nothing was sent a second time.",
    )
