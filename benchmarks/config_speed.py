"""Parse and compare two large configurations, beside hier_config's generic driver.

Run ``python benchmarks/config_speed.py``. It prints seconds (best of a few rounds) for both tools
on the same two texts, and how time grows when the texts double.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING

from hier_config import Platform, get_hconfig

from yamaha_ops.config import Configuration, difference
from yamaha_ops.config.statement import read

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = 10_000
ROUNDS = 5
TIMES_FASTER = 5.0
LARGEST_GROWTH = 2.3
"""What twice the lines may cost: linear, with room for the garbage collector."""


def configuration(lines: int, *, variant: int) -> str:
    """Make a configuration of about ``lines`` lines; a variant differs in a tenth of them."""
    text: list[str] = []
    block = 20
    for number in range(1, lines // (2 * block) + 1):
        port = 1000 + (number * 7 + (variant if number % 10 == 0 else 0)) % 50_000
        text += (
            f"ip filter {number * 100 + offset} pass 192.168.{number % 256}.0/24 "
            f"10.{offset}.0.0/255.255.0.0 tcp * {port + offset}"
            for offset in range(block)
        )
        tunnel = number
        numbers = " ".join(str(number * 100 + offset) for offset in range(block))
        text += [
            f"tunnel select {tunnel}",
            " tunnel encapsulation ipip",
            f" tunnel endpoint address 2001:db8:{number:x}::{variant}",
            f" ip tunnel mtu {1400 + variant}",
            f" ip tunnel secure filter in {numbers}",
            f" tunnel enable {tunnel}",
        ]
        text += (
            f"dhcp scope bind {number} 10.{number % 250}.1.{offset + 1} "
            f"00:a0:de:{number % 256:02x}:{variant:02x}:{offset:02x}"
            for offset in range(block - 6)
        )
    return "".join(f"{line}\n" for line in text)


def best(work: Callable[[], object]) -> float:
    """Return the shortest of a few runs, in seconds."""
    times = []
    for _ in range(ROUNDS):
        gc.collect()  # what others left behind is not ours to clean up
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def ours(a: str, b: str) -> int:
    read.cache_clear()  # nothing may be remembered from the round before
    return len(difference(Configuration.parse(a), Configuration.parse(b)).commands)


def theirs(a: str, b: str) -> int:
    running = get_hconfig(Platform.GENERIC, a)
    wanted = get_hconfig(Platform.GENERIC, b)
    return sum(1 for _ in running.config_to_get_to(wanted).all_children())


def main() -> None:
    ours(*_texts(200))  # the table is read once
    small, large = _texts(LINES), _texts(2 * LINES)
    own, double = best(lambda: ours(*small)), best(lambda: ours(*large))
    other = best(lambda: theirs(*small))
    print(f"{LINES} lines twice, parsed and compared: {own:.3f} s, hier_config {other:.3f} s")
    print(f"{other / own:.1f} times faster (wanted: {TIMES_FASTER})")
    print(f"twice the lines take {double / own:.2f} times as long (allowed: {LARGEST_GROWTH})")


def _texts(lines: int) -> tuple[str, str]:
    return configuration(lines, variant=1), configuration(lines, variant=2)


if __name__ == "__main__":
    main()
