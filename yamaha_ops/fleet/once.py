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

from yamaha_ops.errors import LostError, UnknownStateError, UnreachableError
from yamaha_ops.fleet.extra import GONE, dask
from yamaha_ops.fleet.sender import Sender

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
            queue = dask().Queue(claimed.claim)
            taken = _all(queue)
            queue.close()
        except GONE as error:
            raise LostError("the scheduler of the cluster does not answer") from error
        if not taken:
            raise _unknown()
        return self.job(claimed.item)


class Changer:
    """Has changes made on the workers of a cluster, each begun at most once.

    Args:
        client: The connection with the scheduler.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._sender = Sender(client)

    def __call__(self, job: Callable[[Item], Value], item: Item) -> Value:
        """Do a job on an item and wait for its end; from as many threads as one likes.

        Raises:
            UnreachableError: There is no cluster any more; nothing was sent.
            LostError: The worker is lost, and certainly had not begun.
            UnknownStateError: The worker is lost, and may have begun.
        """
        claimed = Claimed(item)
        try:
            queue = dask().Queue(claimed.claim, self._client)
            queue.put(1)
        except GONE:
            raise UnreachableError("the cluster is gone; nothing was sent") from None
        try:
            value: Value = self._sender.submit(Once(job), claimed).result()
        except LostError:
            with suppress(*GONE):
                if _all(queue):
                    raise LostError(
                        "its worker was lost before it began; nothing was sent"
                    ) from None
            raise _unknown() from None
        finally:
            with suppress(*GONE):
                queue.close()
        return value


def _all(queue: Any) -> Any:
    """Take what is there, without waiting: the scheduler gives it to one alone."""
    return queue.get(batch=True)


def _unknown() -> UnknownStateError:
    return UnknownStateError(
        "its worker was lost, and it may have begun: how far it came is not known",
        hint="Look at the router; nothing was sent a second time.",
    )
