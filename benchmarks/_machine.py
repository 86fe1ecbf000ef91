"""Where a run of benchmarks took place."""

from __future__ import annotations

import os
import platform
import ssl
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

COMPARED = (
    "yamaha-ops", "paramiko", "netmiko", "asyncssh", "cryptography", "textfsm", "ntc-templates",
    "hier-config", "prometheus-client", "typer",
)  # fmt: skip


def described() -> dict[str, str]:
    """Return machine, load and versions, in words."""
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}",
        "load when it began": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "date": datetime.now(UTC).date().isoformat(),
        "versions": ", ".join(
            (
                f"Python {platform.python_version()}",
                ssl.OPENSSL_VERSION.rsplit(" ", 3)[0],
                *(f"{name} {version(name)}" for name in COMPARED),
            )
        ),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
