"""Running Lua scripts on an emulated router, and waiting for what other threads do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from yamaha_ops.lab.shell import run_unattended

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab import Lab, LabRouter

PATIENCE = 30
"""Seconds for another thread, however busy the machine is."""


def eventually(holds: Callable[[], object]) -> None:
    """Wait for another thread's work, however busy the machine is."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


def run(router: LabRouter, line: str) -> tuple[bool, list[str]]:
    return router.do(lambda device: run_unattended(device, line))


def script(lab: Lab, router: LabRouter, source: str | bytes, path: str = "/lua/x.lua") -> str:
    """Run a script to its end; return its last error, or nothing."""
    start(router, source, path)
    lab.advance(0)
    history = router.do(lambda device: dict(device.lua.history))
    entry = history[f"lua {path}"]
    return entry.errors[0][1] if entry.failed_last else ""


def start(router: LabRouter, source: str | bytes, path: str = "/lua/x.lua") -> None:
    """Start a script."""
    data = source.encode() if isinstance(source, str) else source
    router.do(lambda device: device.rtfs.write(path, data))
    worked, printed = run(router, f"lua {path}")
    assert worked, printed


def said(router: LabRouter) -> list[str]:
    return [line.partition("[LUA] ")[2] for line in router.log if "[LUA] " in line]
