"""An executor over a Dask cluster that sends plain pickles and survives the cluster.

``Client.get_executor`` would do, but its futures never end where the scheduler dies while a result
is being fetched, and it sends whatever cloudpickle can take apart: live objects too.
"""

from __future__ import annotations

import asyncio
import pickle
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import LostError, UnreachableError
from yamaha_ops.fleet.extra import GONE, dask

if TYPE_CHECKING:
    from collections.abc import Callable


class Sender(Executor):
    """Runs picklable jobs on the workers.

    Its futures end with :class:`LostError` where the worker that had a task is gone for good, and
    with :class:`UnreachableError` where the scheduler was gone before.

    Args:
        client: The connection with the scheduler.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def submit(self, work: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        """Send a job; what cannot be pickled, such as a lock, is a fault at once."""
        parcel = pickle.dumps((work, args))
        try:
            task = self._client.submit(opened, parcel, pure=False)
            return asyncio.run_coroutine_threadsafe(_ended(task), self._client.loop.asyncio_loop)
        except GONE:
            refused: Future[Any] = Future()
            refused.set_exception(UnreachableError("the cluster is gone; nothing was sent"))
            return refused


def opened(parcel: bytes) -> Any:
    """Do what a parcel holds; the task that a worker is given."""
    work, args = pickle.loads(parcel)  # noqa: S301 -- who may give a worker tasks may do anything
    return work(*args)


async def _ended(task: Any) -> Any:
    """Wait for a task. Whoever stops waiting lets go of it, and a task not begun is forgotten."""
    try:
        return await task
    except Exception as error:
        # A task that ended with an error of its own has this status, and one that was given up.
        scheduler = dask("distributed.scheduler")
        given_up = (dask().KilledWorker, scheduler.NoWorkerError, scheduler.NoValidWorkerError)
        if task.status == "error" and not isinstance(error, given_up):
            raise
        raise LostError(f"its worker was lost ({type(error).__name__})") from error
