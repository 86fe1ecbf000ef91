"""One job on many routers, over any ``concurrent.futures.Executor``; it never knows which job."""

from yamaha_ops.fleet.batch import Batch, batches
from yamaha_ops.fleet.breaker import Backoff, Breaker
from yamaha_ops.fleet.cluster import Cluster, everywhere, run_on_cluster
from yamaha_ops.fleet.handshakes import HANDSHAKES, Handshakes
from yamaha_ops.fleet.once import Changer
from yamaha_ops.fleet.policy import Policy
from yamaha_ops.fleet.run import Done, run
from yamaha_ops.fleet.shards import hashmod, mine, owner
from yamaha_ops.fleet.spread import Spread
from yamaha_ops.fleet.waves import waves

__all__ = [
    "HANDSHAKES",
    "Backoff",
    "Batch",
    "Breaker",
    "Changer",
    "Cluster",
    "Done",
    "Handshakes",
    "Policy",
    "Spread",
    "batches",
    "everywhere",
    "hashmod",
    "mine",
    "owner",
    "run",
    "run_on_cluster",
    "waves",
]
