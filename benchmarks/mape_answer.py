"""The full MAP-E answer for one address against ``ipaddress.IPv6Address(text)`` alone.

Every address is different and new to both. All fields of the answer are read as values: rule, IPv4
text, PSID, the tuple of port ranges, their count, CE text, BR text, end-user prefix text. Port sets
are made once per PSID and then shared, as in any use (all v6plus lines together have 256 of them);
the first making of each is part of the warm-up.

Run it from the project's root: ``python -m benchmarks.mape_answer``.
"""

from __future__ import annotations

import random
import sys
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from benchmarks._measure import interleaved
from benchmarks._result import Result
from benchmarks._table import shown
from yamaha_ops.mape import Mapping, calculate, shipped_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 3.0
ADDRESSES = 20_000
ROUNDS = 11


def addresses(seed: int) -> list[str]:
    """Return addresses on lines of all shipped rules, some with a host part, some without."""
    dice = random.Random(seed)  # noqa: S311 -- test data, not a secret
    rules = list(shipped_rules())
    found = []
    for number in range(ADDRESSES):
        rule = rules[number % len(rules)]
        value = rule.network << 64 | dice.getrandbits(128 - rule.ipv6_length)
        if number % 2:
            value = value >> 72 << 72
        found.append(str(IPv6Address(value)))
    return found


def read(line: Mapping) -> tuple[object, ...]:
    """Force every field."""
    return (
        line.rule.provider,
        line.rule.ipv6,
        line.ipv4,
        line.psid,
        line.psid_length,
        line.ports.ranges,
        line.ports.count,
        line.ce,
        line.br,
        line.end_user_prefix,
    )


def results() -> Iterator[Result]:
    """Measure many answers."""
    texts = addresses(seed=830)

    def parse() -> None:
        for text in texts:
            IPv6Address(text)

    def answer() -> None:
        for text in texts:
            read(calculate(text))

    seconds = interleaved({"parse": parse, "answer": answer}, rounds=ROUNDS)
    ours, theirs = (seconds[name] / ADDRESSES * 1e6 for name in ("answer", "parse"))
    yield Result("MAP-E", "full answer / ipaddress.IPv6Address(text)", ours, theirs, "us", LIMIT)


if __name__ == "__main__":
    sys.exit(shown(results()))
