"""A probe, warm and cold, against the same commands over a bare paramiko channel.

A probe is everything that the exporter does for one scrape: ask, read, prove, parse, judge, write
the metrics; a cold one also logs in and hangs up, and the first one knows nothing of the router.
``python -m benchmarks.exporter_probe``.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._bare import Bare
from benchmarks._lab import emulated, entry
from benchmarks._measure import costs
from benchmarks._result import Result
from benchmarks._table import shown
from yamaha_ops.exporter import page
from yamaha_ops.exporter.target import Settings, Target
from yamaha_ops.health import STANDARD, Memo, collect
from yamaha_ops.router import TOGETHER, connect
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.inventory import Router
    from yamaha_ops.router import ShellSession

AREA = "probe"
ROUNDS = 25
LIMIT = 1.5
SECONDS = 30.0


def results() -> Iterator[Result]:
    """Measure warm and cold probes, and the parts of a warm one."""
    with tempfile.TemporaryDirectory() as folder, emulated(1) as (port,):
        state = Path(folder)
        router = entry(port, state)

        def opened(router: Router, seconds: float) -> ShellSession:
            return connect(router, state=state, timeout=seconds)

        target = Target(router, Settings(opened))
        first = target.scrape(STANDARD, SECONDS)
        assert first.health, first.error
        known = first.health.interfaces
        commands = [answer.command for answer in first.health.answers]
        lost = Target(router, Settings(opened))
        lost.scrape(STANDARD, SECONDS)
        bare, proving = Bare(port), Bare(port)
        session = connect(router, state=state)
        texts = {command: session.run(command) for command in commands}

        rows: dict[str, int] = {}

        def all_new() -> None:
            memo = Memo()
            memo.rows = rows
            health = collect(session, known=known, at_once=TOGETHER, memo=memo)
            page([replace(first, health=health)])

        def cold() -> None:
            lost.close()
            page([lost.scrape(STANDARD, SECONDS)])

        def first_ever() -> None:
            once = Target(router, Settings(opened))
            page([once.scrape(STANDARD, SECONDS)])
            once.close()

        def cold_bare() -> None:
            once = Bare(port)
            once.ask(*commands)
            once.close()

        found = costs(
            {
                "bare": lambda: bare.ask(*commands),
                "proving": lambda: proving.prove(*commands),
                "probe": lambda: page([target.scrape(STANDARD, SECONDS)]),
                "all new": all_new,
                "session": lambda: list(session.run_all(commands, at_once=TOGETHER, rows=rows)),
                "one by one": lambda: [session.run(command) for command in commands],
                "parsing": lambda: [parse(command, text) for command, text in texts.items()],
                "page": lambda: page([first]),
                "cold": cold,
                "first": first_ever,
                "cold bare": cold_bare,
            },
            rounds=ROUNDS,
        )
        target.close()
        lost.close()
        session.drop()
        bare.close()
        proving.close()

    def against(what: str, ours: str, theirs: str, limit: float | None) -> Iterator[Result]:
        for kind in ("cpu", "wall"):
            mine, other = (getattr(found[name], kind) * 1e3 for name in (ours, theirs))
            wanted = limit if kind == "cpu" or ours in {"cold", "first"} else None
            yield Result(AREA, f"{what}, {_KINDS[kind]}", mine, other, "ms", wanted)

    yield from against("warm probe / bare paramiko", "probe", "bare", LIMIT)
    yield from against("... where no answer is as before", "all new", "bare", LIMIT)
    yield from against("... its session alone", "session", "bare", None)
    yield from against("... its commands one by one", "one by one", "bare", None)
    yield from against("... bare paramiko that enters our empty lines", "proving", "bare", None)
    for part in ("parsing", "page"):
        yield Result(
            AREA, f"... its {part} alone, CPU", found[part].cpu * 1e3, found["bare"].cpu * 1e3, "ms"
        )
    yield from against("cold probe / bare paramiko", "cold", "cold bare", LIMIT)
    yield from against("first probe ever / bare paramiko", "first", "cold bare", LIMIT)


_KINDS = {"cpu": "CPU", "wall": "time"}

if __name__ == "__main__":
    sys.exit(shown(results()))
