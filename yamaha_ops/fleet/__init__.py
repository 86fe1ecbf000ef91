"""One job on many routers, over any ``concurrent.futures.Executor``; it never knows which job."""

from yamaha_ops.fleet.breaker import Backoff, Breaker
from yamaha_ops.fleet.policy import Policy
from yamaha_ops.fleet.run import Done, run
from yamaha_ops.fleet.shards import hashmod, mine, owner
from yamaha_ops.fleet.waves import waves

__all__ = ["Backoff", "Breaker", "Done", "Policy", "hashmod", "mine", "owner", "run", "waves"]
