"""One round of show commands to records, judged with MAP-E mathematics.

`collect` asks one router; what it returns feeds metrics, tables and JSON alike.
"""

from yamaha_ops.health.collecting import collect
from yamaha_ops.health.configuration import ConfigurationState, Wanted
from yamaha_ops.health.health import Answer, Health
from yamaha_ops.health.interfaces import Interfaces
from yamaha_ops.health.line import MapeLine, mape_lines
from yamaha_ops.health.memo import Memo
from yamaha_ops.health.modules import MODULES, STANDARD, Module

__all__ = [
    "MODULES",
    "STANDARD",
    "Answer",
    "ConfigurationState",
    "Health",
    "Interfaces",
    "MapeLine",
    "Memo",
    "Module",
    "Wanted",
    "collect",
    "mape_lines",
]
