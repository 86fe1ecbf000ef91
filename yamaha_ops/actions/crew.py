"""Who asks many routers: how many at a time, how hard, and on which machines."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from yamaha_ops import durable
from yamaha_ops.errors import ConnectError, InputError, LateError
from yamaha_ops.fleet import (
    HANDSHAKES,
    Changer,
    Done,
    Handshakes,
    Policy,
    everywhere,
    run,
    run_on_cluster,
)
from yamaha_ops.inventory import Inventory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from yamaha_ops.actions.dead import Dead
    from yamaha_ops.fleet import Cluster
    from yamaha_ops.inventory import Router

Value = TypeVar("Value")

SITE: Final = "site"
"""The label that says what shares a line with others."""


class Caller(Protocol):
    """Has a job done on a router, begun at most once."""

    def __call__(self, job: Callable[[Router], Value], router: Router, /) -> Value:
        """Return what the job returns, and raise what it raises.

        Raises:
            UnreachableError, LostError: It is certain that nothing was begun.
            UnknownStateError: A worker was lost, and may have begun.
        """
        ...


@dataclass(frozen=True, slots=True)
class Crew:
    """How many routers are asked, and by whom. A job for it holds plain data only.

    Attributes:
        at_once: Routers at a time; on a cluster, in each of its threads.
        handshakes: Handshakes at a time, in each process.
        per_site: Routers at a time of those with the same label ``site``.
        deadline: Seconds that a router may take, None for as long as it likes.
        cluster: Where the job runs; None for threads here.
    """

    at_once: int
    handshakes: int = HANDSHAKES
    per_site: int | None = None
    deadline: float | None = None
    cluster: Cluster | None = None

    @property
    def limit(self) -> Handshakes:
        """What a job holds during a handshake."""
        return Handshakes(self.handshakes)

    def path(self, given: Path) -> Path:
        """Return a path as everybody understands it who takes part."""
        return given.absolute() if self.cluster else given

    def ask(
        self,
        job: Callable[[Router], Value],
        routers: Sequence[Router],
        *,
        dead: Dead | None = None,
        silent: Callable[[Value], bool] = lambda _: False,
        shared: Inventory | None = None,
    ) -> Iterator[Done[Router, Value]]:
        """Run a job that only reads, and yield each result as it comes.

        Args:
            job: On a cluster it may be done twice for a router whose worker was lost.
            routers: Whom to ask.
            dead: Whom to pass over; it is told how it went, and saved.
            silent: Whether a result says that the router did not answer.
            shared: The inventory whose state folder every worker must have, because the job writes
                there.

        Raises:
            InputError: The cluster does not fit, or does not have the folder.
            UnreachableError: There is no cluster.
        """
        policy = Policy(self.deadline, site_of, self.per_site)
        if dead is None:
            yield from map(_named, self._asked(job, routers, policy, shared))
            return
        refusals = {each.name: dead.refusal(each.name) for each in routers}
        yield from (
            Done(each, error=refusals[each.name]) for each in routers if refusals[each.name]
        )
        asked = [each for each in routers if not refusals[each.name]]
        try:
            for done in self._asked(job, asked, policy, shared):
                failed = isinstance(done.error, ConnectError | LateError)
                no_answer = failed or (done.value is not None and silent(done.value))
                dead.note(done.item.name, answered=not no_answer)
                yield _named(done)
        finally:
            dead.save()

    def change(
        self, job: Callable[[Router], Value], routers: Iterable[Router], *, shared: Inventory
    ) -> Iterator[Done[Router, Value]]:
        """Run a job that changes routers: begun at most once for each, and never given up.

        A router whose worker was lost ends as :class:`UnknownStateError` unless it is certain that
        nothing was begun.

        Args: as :meth:`ask`.

        Raises:
            InputError: There is a deadline; otherwise as :meth:`ask`.
        """
        if self.deadline is not None:
            raise InputError("a change is not given up half-way: it takes no deadline")
        policy = Policy(None, site_of, self.per_site)
        with self.changer(shared) as change:
            yield from map(_named, self._here(partial(change, job), routers, policy))

    @contextmanager
    def changer(self, shared: Inventory) -> Iterator[Caller]:
        """Give what has a job done on one router and waits for its end, here or on the cluster.

        Args: as :meth:`ask`.

        Raises: as :meth:`change`.
        """
        if self.cluster is None:
            yield _call
            return
        with self.cluster.connected() as client:
            _require_shared(client, shared)
            yield Changer(client)

    def _asked(
        self,
        job: Callable[[Router], Value],
        routers: Sequence[Router],
        policy: Policy[Router],
        shared: Inventory | None,
    ) -> Iterator[Done[Router, Value]]:
        if self.cluster is None:
            yield from self._here(job, routers, policy)
            return
        with self.cluster.connected() as client:
            _require_shared(client, shared)
            yield from run_on_cluster(
                job, routers, client=client, at_once=self.at_once, policy=policy
            )

    def _here(
        self, job: Callable[[Router], Value], routers: Iterable[Router], policy: Policy[Router]
    ) -> Iterator[Done[Router, Value]]:
        with ThreadPoolExecutor(self.at_once) as executor:
            yield from run(job, routers, executor=executor, at_once=self.at_once, policy=policy)


def _call(job: Callable[[Router], Value], router: Router) -> Value:
    return job(router)


def site_of(router: Router) -> str:
    """Return what shares a line with a router; who has no such label is alone."""
    return router.labels.get(SITE, f"\0{router.name}")


def ground(inventory: Inventory) -> Inventory:
    """Return an inventory without routers: where templates and state are, for a job to take along.

    Where the state is, each worker's own environment says.
    """
    return Inventory(inventory.path.absolute(), {}, {})


def _named(done: Done[Router, Value]) -> Done[Router, Value]:
    """Let an error of the fleet's own say whose it is."""
    if done.error and done.error.router is None and done.error.where is None:
        done.error.router = done.item.name
    return done


def _require_shared(client: Any, inventory: Inventory | None) -> None:
    """Refuse workers that do not have this state folder: locks and histories are kept there.

    Raises:
        InputError: One does not.
    """
    if inventory is None:
        everywhere(client, bool)
        return
    with _mark(inventory) as name:
        if not everywhere(client, partial(_has, ground(inventory), name)):
            raise InputError(
                "a worker does not have this state folder",
                where=str(inventory.state),
                hint="All machines share it; YAMAHA_OPS_STATE says where it is on each of them.",
            )


@contextmanager
def _mark(inventory: Inventory) -> Iterator[str]:
    """Put a file into the state folder that nobody can have by chance."""
    name = f"cluster-{uuid.uuid4().hex}"
    durable.keep(inventory.state / name, b"")
    try:
        yield name
    finally:
        durable.remove(inventory.state / name)


def _has(inventory: Inventory, name: str) -> bool:
    return (inventory.state / name).exists()
