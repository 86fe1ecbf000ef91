"""Parse and compare two large configurations, beside hier_config's generic driver.

Run ``python benchmarks/config_speed.py``. It prints the seconds of processor time (best of a few
rounds) that both tools need for the same two texts, by how much of the texts differs, and how time
grows when the texts double. hier_config keeps lines as they are and compares them; here every line
is understood, which costs the same however little differs.
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
BLOCK = 20
ROUNDS = 5
SHARES = {"half": 2, "a third": 3, "a quarter": 4, "a tenth": 10}
"""How much of the texts differs: every so-manieth block."""
TIMES_FASTER = 5.0
LARGEST_GROWTH = 2.3
"""What twice the lines may cost: linear, with room for memory that is further away."""


def configuration(lines: int, *, variant: int, every: int = 2) -> str:
    """Make a configuration of ``lines`` lines; another variant differs in some of its blocks."""
    text: list[str] = []
    for number in range(1, lines // (2 * BLOCK) + 1):
        own = variant if number % every == 0 else 0
        text += (
            f"ip filter {number * 100 + offset} pass 192.168.{number % 256}.0/24 "
            f"10.{offset}.0.0/16 tcp * {1000 + number + offset + own}"
            for offset in range(BLOCK)
        )
        numbers = " ".join(str(number * 100 + offset) for offset in range(BLOCK))
        text += (
            f"tunnel select {number}",
            " tunnel encapsulation ipip",
            f" tunnel endpoint address 2001:db8:{number:x}::{own}",
            f" ip tunnel mtu {1400 + own}",
            f" ip tunnel secure filter in {numbers}",
            f" tunnel enable {number}",
        )
        text += (
            f"dhcp scope bind {number} 10.{number % 250}.1.{offset + 1} "
            f"00:a0:de:{number % 256:02x}:{own:02x}:{offset:02x}"
            for offset in range(BLOCK - 6)
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
    ours(*_texts(200, 2))  # the table is read once
    for share, every in SHARES.items():
        small = _texts(LINES, every)
        own, other = best(lambda: ours(*small)), best(lambda: theirs(*small))  # noqa: B023 -- called at once
        print(
            f"{LINES} lines twice, {share} differs: {own:.3f} s, hier_config {other:.3f} s, "
            f"{other / own:.1f} times faster (wanted: {TIMES_FASTER})"
        )
    small, large = _texts(LINES, 2), _texts(2 * LINES, 2)
    growth = best(lambda: ours(*large)) / best(lambda: ours(*small))
    print(f"twice the lines take {growth:.2f} times as long (allowed: {LARGEST_GROWTH})")


def _texts(lines: int, every: int) -> tuple[str, str]:
    first, second = (configuration(lines, variant=variant, every=every) for variant in (1, 2))
    return first, second


if __name__ == "__main__":
    main()
