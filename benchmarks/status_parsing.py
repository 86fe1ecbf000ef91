"""Parsing `show environment`, against ntc-templates' TextFSM in the same run.

ntc-templates is measured as people call it (`parse_output`, which finds and compiles the template
each time), and at its best: TextFSM alone, compiled once.

    python -m benchmarks.status_parsing
"""

from __future__ import annotations

import sys
import timeit
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import ntc_templates
from ntc_templates.parse import parse_output
from textfsm import TextFSM

from benchmarks._result import Result
from benchmarks._table import shown
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

COMMAND = "show environment"
TEXT = """RTX1200 BootROM Ver.1.01
RTX1200 Rev.10.01.71 (Thu Sep 29 15:08:40 2016)
  main:  RTX1200 ver=c0 serial=S4H000000 MAC-Address=00:a0:de:00:00:01 MAC-Addr
ess=00:a0:de:00:00:02 MAC-Address=00:a0:de:00:00:03
CPU:    7%(5sec)   0%(1min)   0%(5min)    Memory: 16% used
Packet-buffer:   0%(small)   0%(middle)   7%(large)   0%(huge) used
Firmware: exec0  Config. file: config0
Default firmware: exec0  Default config. file: config2
Boot time: 2020/01/06 16:59:16 +09:00
Current time: 2020/03/17 16:21:59 +09:00
Elapsed time from boot: 70days 23:22:43
Security Class: 1, FORGET: ON, TELNET: OFF
Inside Temperature(C.): 57
"""
BOUND = 20
TEMPLATE = Path(ntc_templates.__file__).parent / "templates" / "yamaha_show_environment.textfsm"


def _microseconds(work: Callable[[], object], number: int) -> float:
    return min(timeit.repeat(work, number=number, repeat=5)) / number * 1e6


def results() -> Iterator[Result]:
    """Measure one answer."""
    assert parse(COMMAND, TEXT).record.memory_used_ratio == 0.16
    assert parse_output("yamaha", COMMAND, TEXT)[0]["memory_used"] == "16"
    template = TEMPLATE.read_text(encoding="utf-8")
    compiled = TextFSM(StringIO(template))

    def once_compiled() -> None:
        compiled.Reset()
        compiled.ParseText(TEXT)

    ours = _microseconds(lambda: parse(COMMAND, TEXT), 1000)
    for what, limit, theirs in (
        ("ntc-templates parse_output", BOUND, (lambda: parse_output("yamaha", COMMAND, TEXT), 20)),
        ("TextFSM, template compiled anew", None, (_compiled_anew, 50)),
        ("TextFSM, compiled once, no types", None, (once_compiled, 200)),
    ):
        spent = _microseconds(*theirs)
        yield Result(
            "parsing",
            f"{COMMAND}: times faster than {what}",
            ours,
            spent,
            "us",
            limit,
            faster=True,
        )


def _compiled_anew() -> None:
    TextFSM(StringIO(TEMPLATE.read_text(encoding="utf-8"))).ParseText(TEXT)


if __name__ == "__main__":
    sys.exit(shown(results()))
