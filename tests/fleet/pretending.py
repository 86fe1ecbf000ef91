"""A client of Dask that keeps to itself: it notes what is sent and does it in a thread."""

from __future__ import annotations

import asyncio
import pickle
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator


@dataclass
class Task:
    """What ``Client.submit`` returns."""

    ending: asyncio.Future[Any] | Any
    status: str = "pending"

    def __await__(self) -> Generator[Any, None, Any]:
        return self._ended().__await__()

    async def _ended(self) -> Any:
        try:
            return await asyncio.wrap_future(self.ending)
        except Exception:
            self.status = "error"
            raise


@dataclass
class Queue:
    """A queue of the scheduler, as far as claims need it."""

    name: str
    client: Client
    there: dict[str, list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.client.queues.setdefault(self.name, [])

    def put(self, value: int) -> None:
        self.client.queues[self.name].append(value)

    def get(self, *, batch: bool) -> list[int]:
        assert batch
        taken, self.client.queues[self.name] = self.client.queues[self.name], []
        return taken

    def close(self) -> None:
        pass


@dataclass
class Client:
    """One worker with one thread.

    Attributes:
        sent: Every parcel.
        returned: Every result, pickled, as it would come back.
        queues: What the scheduler holds.
        fate: Called before a task is done; what it raises happens to the task instead.
    """

    asyncio_loop: asyncio.AbstractEventLoop
    sent: list[bytes] = field(default_factory=list)
    returned: list[bytes] = field(default_factory=list)
    queues: dict[str, list[int]] = field(default_factory=dict)
    fate: Callable[[int], None] = lambda _number: None

    @property
    def loop(self) -> Client:
        return self

    def submit(self, work: Callable[[bytes], Any], parcel: bytes, *, pure: bool) -> Task:
        assert not pure
        self.sent.append(parcel)
        number = len(self.sent)

        async def done() -> Any:
            self.fate(number)
            value = await asyncio.to_thread(work, parcel)
            self.returned.append(pickle.dumps(value))
            return value

        return Task(asyncio.run_coroutine_threadsafe(done(), self.asyncio_loop))

    def nthreads(self) -> dict[str, int]:
        return {"worker": 1}

    def run(self, work: Callable[..., Any], *args: Any) -> dict[str, Any]:
        return {"worker": work(*args)}


@contextmanager
def client() -> Iterator[Client]:
    """Give a client whose event loop ends with the block."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield Client(loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
