"""The same job on the workers of a Dask cluster: batches of items that travel as plain data."""

from __future__ import annotations

import ipaddress
import pickle
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlsplit

from yamaha_ops import __version__
from yamaha_ops.errors import InputError, UnreachableError
from yamaha_ops.fleet.batch import Batch, batches
from yamaha_ops.fleet.extra import dask
from yamaha_ops.fleet.policy import Policy
from yamaha_ops.fleet.run import Done, run
from yamaha_ops.fleet.sender import Sender

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

Item = TypeVar("Item")
Value = TypeVar("Value")

ROUNDS: Final = 4
"""How many times ``at_once`` items make a batch: a few slow ones do not leave the rest idle."""
AHEAD: Final = 2
"""Batches under way for each thread of the cluster: while one is worked on, the next is there."""
CONNECT_SECONDS: Final = 15
"""How long scheduler and first worker may take to answer."""
_SAME: Final = "Scheduler, workers and client need the same version."


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Dask scheduler, and the certificates to reach it with.

    Attributes:
        address: ``tls://HOST:PORT``; ``tcp://`` only on this machine, unless Dask's configuration
            says ``distributed.comm.require-encryption: false``: who can speak to a scheduler can
            run any program on the workers, and the workers can read the routers' passwords.
        ca: Certificate of the authority that signed the cluster's certificates (PEM).
        certificate: The client's own.
        key: Its key. Without the three, Dask's own configuration says where they are.
    """

    address: str
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @contextmanager
    def connected(self) -> Iterator[Any]:
        """Give a connection with the scheduler, once a worker is there.

        Raises:
            InputError: Dask is not installed, the address is no place for secrets, or certificates
                are missing.
            UnreachableError: No scheduler answers, or it has no worker.
        """
        self._refuse_open_doors()
        security = self._security()
        try:
            client = dask().Client(
                self.address,
                security=security,
                timeout=CONNECT_SECONDS,
                set_as_default=False,
                name="yamaha-ops",
            )
        except (OSError, ValueError) as error:
            raise UnreachableError(f"no Dask scheduler answers at {self.address}") from error
        with closing(client):
            try:
                client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            except TimeoutError:
                raise UnreachableError(
                    f"the Dask scheduler at {self.address} has no worker"
                ) from None
            yield client

    def _security(self) -> Any | None:
        files = (self.ca, self.certificate, self.key)
        if not any(files):
            return None
        if not all(files):
            raise InputError("TLS with a cluster needs three files: authority, certificate, key")
        for file in files:
            if file and not file.is_file():
                raise InputError("cannot be read", where=str(file))
        ca, certificate, key = map(str, files)
        return dask().Security(
            tls_ca_file=ca,
            tls_client_cert=certificate,
            tls_client_key=key,
            require_encryption=True,
        )

    def _refuse_open_doors(self) -> None:
        parts = urlsplit(self.address if "://" in self.address else f"tcp://{self.address}")
        if parts.scheme == "tls" or _is_here(parts.hostname or ""):
            return
        if dask("dask").config.get("distributed.comm.require-encryption") is not False:
            raise InputError(
                f"{self.address} is not encrypted and not on this machine",
                hint="Start the cluster with TLS and say tls://HOST:PORT (docs/fleet.md).",
            )


def everywhere(client: Any, holds: Callable[[], bool]) -> bool:
    """Ask every worker whether something holds there.

    Raises:
        InputError: A worker has no yamaha-ops, or another version of it.
    """
    try:
        told = client.run(_told, pickle.dumps(holds))
    except ImportError as error:
        raise InputError(f"a worker lacks what the client has ({error})", hint=_SAME) from None
    for worker, (version, _) in told.items():
        if version != __version__:
            raise InputError(
                f"the worker {worker} has yamaha-ops {version}, not {__version__}", hint=_SAME
            )
    return all(held for _, held in told.values())


def run_on_cluster(
    job: Callable[[Item], Value],
    items: Iterable[Item],
    *,
    client: Any,
    at_once: int,
    policy: Policy[Item] | None = None,
) -> Iterator[Done[Item, Value]]:
    """Run a job that only reads on the workers and yield results batch by batch.

    A batch whose worker is lost is done again by another one, so for changes there is
    :class:`~yamaha_ops.fleet.once.Changer`. Limits are those of a task: a worker that has several
    threads does several tasks.

    Args:
        job: What to do; it and the items are pickled, so they hold no lock and no connection.
        items: With what.
        client: See :meth:`Cluster.connected`.
        at_once: How many items of a batch at a time.
        policy: Further limits. A site is never split, so a limit of a site holds everywhere.
    """
    policy = policy or Policy()
    work = Batch(job, at_once, policy)
    parcels = batches(items, ROUNDS * at_once, policy.site if policy.per_site else None)
    for done in run(work, parcels, executor=Sender(client), at_once=AHEAD * _threads(client)):
        if done.value is not None:
            yield from done.value
        else:
            yield from (Done(item, error=done.error) for item in done.item)


def _told(holds: bytes) -> tuple[str, bool]:
    return __version__, pickle.loads(holds)()  # noqa: S301 -- it came from our client


def _threads(client: Any) -> int:
    return sum(client.nthreads().values()) or 1


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
