"""What emulated routers cost: memory and CPU while idle, CPU of one answer besides SSH.

Run: ``python benchmarks/lab_cost.py``. Fails when a bound is broken: an idle router under 300 KB
and without CPU, a ``show environment`` under 1 ms of CPU.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from pathlib import Path

from yamaha_ops.lab import Lab
from yamaha_ops.lab.console import Console, Peer
from yamaha_ops.lab.shell import load_operations

COUNT = 200
IDLE_SECONDS = 3.0
ANSWERS = 500
MEMORY_BOUND_KB = 300.0
ANSWER_BOUND_MS = 1.0
IDLE_BOUND_SHARE = 0.01


def resident_kb() -> float:
    """Resident memory now, in KB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return float(status.partition("VmRSS:")[2].split()[0])


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    load_operations()
    with Lab() as lab:
        first = lab.start(password="p", administrator_password="q")  # noqa: S106 -- loopback only
        first.do(lambda device: device.view)
        gc.collect()
        before = resident_kb()
        start = cpu()
        for _ in range(COUNT):
            lab.start(password="p", administrator_password="q")  # noqa: S106 -- loopback only
        starting = (cpu() - start) / COUNT * 1000
        gc.collect()
        memory = (resident_kb() - before) / COUNT
        start = cpu()
        time.sleep(IDLE_SECONDS)
        idle = (cpu() - start) / IDLE_SECONDS

        shown = bytearray()
        device = first.device
        console = first.do(
            lambda device: Console(
                device, Peer("ssh", "127.0.0.1", "admin"), shown.extend, lambda: None
            )
        )
        first.do(lambda _: console.start())
        first.do(lambda _: console.feed(b"show environment\r"))
        start = cpu()
        first.do(lambda _: console.feed(b"show environment\r" * ANSWERS))
        answer = (cpu() - start) / ANSWERS * 1000
        assert shown.count(b"BootROM") == ANSWERS + 1
        assert device.on

    print(f"start           {starting:8.2f} ms CPU a router ({COUNT} routers)")
    print(f"idle memory     {memory:8.1f} KB a router (bound {MEMORY_BOUND_KB:.0f})")
    print(f"idle CPU        {idle:8.4f} of a core for {COUNT + 1} routers")
    print(f"show environment{answer:8.3f} ms CPU (bound {ANSWER_BOUND_MS})")
    kept = memory < MEMORY_BOUND_KB and answer < ANSWER_BOUND_MS and idle < IDLE_BOUND_SHARE
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
