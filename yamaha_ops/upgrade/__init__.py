"""Another firmware on a router: by its own command, with a backup before and a look after."""

from yamaha_ops.upgrade.upgrade import Ended, Job, Result, upgrade
from yamaha_ops.upgrade.window import Window

__all__ = ["Ended", "Job", "Result", "Window", "upgrade"]
