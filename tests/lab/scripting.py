"""Running Lua scripts on an emulated router, for the tests of its Lua."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.lab.shell import run_unattended

if TYPE_CHECKING:
    from yamaha_ops.lab import Lab, LabRouter


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
