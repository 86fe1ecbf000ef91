"""A session against bare paramiko and stock netmiko: same router, same commands, cold and warm.

Stock netmiko gets a named prompt and an English console, because with the factory prompt it does
not get as far as the end of the task. ``python -m benchmarks.router_session``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from netmiko.yamaha.yamaha import YamahaSSH

from benchmarks._bare import Bare
from benchmarks._lab import PASSWORD, emulated, entry
from benchmarks._measure import costs
from benchmarks._result import Result
from benchmarks._table import shown
from yamaha_ops.router import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

AREA = "session"
SHOW = "show environment"
ROUNDS = 15
STOCK_ROUNDS = 3
TIMES_FASTER = 5


def _stock(port: int) -> YamahaSSH:
    return YamahaSSH(
        host="127.0.0.1",
        port=port,
        username="admin",
        password=PASSWORD,
        secret=PASSWORD,
        default_enter="\r",
        device_type="yamaha",
    )


def results() -> Iterator[Result]:
    """Measure connecting, one show of a warm session, and a whole small task."""
    with tempfile.TemporaryDirectory() as folder, emulated(1, "named") as (port,):
        state = Path(folder)
        router = entry(port, state)

        def task() -> None:
            with connect(router, state=state) as session:
                session.administrator()
                session.run(SHOW)

        def stock_task() -> None:
            stock = _stock(port)
            stock.enable()
            stock.send_command(SHOW)
            stock.exit_enable_mode()
            stock.disconnect()

        def bare_task() -> None:
            once = Bare(port)
            once.administrator()
            once.ask(SHOW)
            once.close()

        session, bare, stock = connect(router, state=state), Bare(port), _stock(port)
        quick = costs(
            {
                "login": lambda: connect(router, state=state).drop(),
                "login bare": lambda: Bare(port).close(),
                "task": task,
                "task bare": bare_task,
                "show": lambda: session.run(SHOW),
                "show bare": lambda: bare.ask(SHOW),
            },
            rounds=ROUNDS,
        )
        slow = costs(
            {
                "task": task,
                "task stock": stock_task,
                "show": lambda: session.run(SHOW),
                "show stock": lambda: stock.send_command(SHOW),
            },
            rounds=STOCK_ROUNDS,
            warm_up=0,
        )
        stock.disconnect()
        session.drop()
        bare.close()

    def pair(what: str, name: str, kind: str) -> Result:
        ours, theirs = (getattr(quick[each], kind) * 1e3 for each in (name, f"{name} bare"))
        return Result(AREA, f"{what} / bare paramiko, {_KINDS[kind]}", ours, theirs, "ms")

    for what, name in (
        ("log in, hang up", "login"),
        ("log in, administrator, show, log out", "task"),
        ("one show, warm", "show"),
    ):
        yield pair(what, name, "cpu")
        yield pair(what, name, "wall")
    yield Result(
        AREA,
        "log in, administrator, show, log out: times faster than netmiko",
        slow["task"].wall * 1e3,
        slow["task stock"].wall * 1e3,
        "ms",
        TIMES_FASTER,
        faster=True,
    )
    yield Result(
        AREA,
        "one show, warm: times faster than netmiko",
        slow["show"].wall * 1e3,
        slow["show stock"].wall * 1e3,
        "ms",
        faster=True,
    )


_KINDS = {"cpu": "CPU", "wall": "time"}

if __name__ == "__main__":
    sys.exit(shown(results()))
