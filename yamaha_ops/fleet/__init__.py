"""One job on many routers, over any ``concurrent.futures.Executor``; it never knows which job."""

from yamaha_ops.fleet.run import Done, run
from yamaha_ops.fleet.waves import waves

__all__ = ["Done", "run", "waves"]
