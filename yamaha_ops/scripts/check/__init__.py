"""What a PC would accept and the router not: rules for Lua scripts, each with its cure.

The router's Lua is 5.1 with integers only, fewer libraries and a console behind it. A script that
runs on a PC may not load there, or may take all Lua with it until the power is cut.
"""

from yamaha_ops.scripts.check.checking import check
from yamaha_ops.scripts.check.finding import Finding, Level

__all__ = ["Finding", "Level", "check"]
