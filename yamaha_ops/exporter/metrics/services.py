"""Lua scripts and Yamaha Network Organizer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric, from_record
from yamaha_ops.status.lua import Lua
from yamaha_ops.status.yno import Yno

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.exporter.metric import Rows

_LUA = "show status lua"
_STATES = ("RUN", "SLEEP", "WATCH", "COMMUNICATE", "TERMINATE")


def _tasks(record: Lua) -> Rows:
    counts = Counter(task.state for task in record.tasks)
    for state in dict.fromkeys((*_STATES, *counts)):
        yield (state,), counts[state]


def _history(name: str) -> Callable[[Lua], Rows]:
    def rows(record: Lua) -> Rows:
        counts: dict[str, int] = {}
        for past in record.history:
            count = getattr(past, name)
            if past.script and count is not None:
                counts[past.script] = counts.get(past.script, 0) + count
        return (((script,), count) for script, count in counts.items())

    return rows


def _yno(record: Yno) -> Rows:
    for name, protocol in record.protocols.items():
        yield (name,), protocol.connected


METRICS = (
    Metric(
        "lua_tasks",
        "gauge",
        "Running Lua scripts by state.",
        _LUA,
        from_record(Lua, _tasks),
        ("state",),
    ),
    Metric(
        "lua_script_runs",
        "counter",
        "Runs of a script that has a file. The router remembers ten kinds: series may vanish.",
        _LUA,
        from_record(Lua, _history("runs")),
        ("script",),
    ),
    Metric(
        "lua_script_errors",
        "counter",
        "Runs of a script that ended in an error.",
        _LUA,
        from_record(Lua, _history("errors")),
        ("script",),
    ),
    Metric(
        "yno_connected",
        "gauge",
        "Whether a protocol of the YNO agent is connected.",
        "show status yno",
        from_record(Yno, _yno),
        ("protocol",),
    ),
)
