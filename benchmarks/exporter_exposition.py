"""`/metrics` for 1,000 routers, against prometheus_client's own exposition of as many samples.

``python -m benchmarks.exporter_exposition [ROUTERS]``
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    disable_created_metrics,
    generate_latest,
)

from benchmarks._result import Result
from benchmarks._table import shown
from yamaha_ops.exporter import Scrape, families, page
from yamaha_ops.health import MODULES, Answer, Health, Interfaces, mape_lines
from yamaha_ops.status import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BOUND = 2.0
ANSWERS = {
    "show environment": """RTX830 Rev.15.02.30 (Tue Jun  4 10:00:00 2024)
CPU:    1%(5sec)   2%(1min)   3%(5min)    Memory: 24% used
Packet-buffer:   0%(small)   0%(middle)   7%(large)   0%(huge) used
Boot time: 2026/01/01 00:00:00 +09:00
Elapsed time from boot: 2days 01:00:00""",
    "show nat descriptor address": """Reference Descriptor : 1000, Assigned Interface : TUNNEL[1](1)
    外側アドレス: map-e/106.72.0.0
    ポート範囲: 4880-4895, 8976-8991""",
    "show ipv6 address": """LAN1 scope-id 1 [up]
 Received:    352937 packets 56673991 octets
 Transmitted: 306356 packets 44687875 octets
 グローバル     240b:10:0:3100::1/64 (lifetime: 604728/2591928)""",
    "show status tunnel 1": """TUNNEL[1]:
  トンネルインタフェースは接続されています
  受信: (IPv4) 3969155 パケット [4890313899 オクテット]
        (IPv6) 0 パケット [0 オクテット]
  送信: (IPv4) 1194736 パケット [162735369 オクテット]
        (IPv6) 0 パケット [0 オクテット]""",
    "show status lan1": """LAN1
PORT1: Auto Negotiation (1000BASE-T Full Duplex)
PORT2: Auto Negotiation (1000BASE-T Full Duplex)
PORT3: Auto Negotiation (Link Down)
PORT4: Auto Negotiation (Link Down)
送信パケット:                   9 パケット(90 オクテット)
受信パケット:                   8 パケット(80 オクテット)""",
    "show status lan2": """LAN2
動作モード設定:                 Auto Negotiation (1000BASE-T Full Duplex)
送信パケット:                   31083764 パケット(10377392756 オクテット)
  IPv6(全体/ファストパス):      31083764 パケット / 29789642 パケット
受信パケット:                   70086225 パケット(99076765285 オクテット)""",
}


def _fleet(routers: int) -> list[Scrape]:
    answers = tuple(
        Answer(command, "ok", 0.01, parse(command, answer).record)
        for command, answer in ANSWERS.items()
    )
    health = Health(
        "", MODULES["standard"].name, "RTX830", "Rev.15.02.30", 1.0, 1.0, answers, Interfaces(),
        mape_lines([answer.record for answer in answers]),
    )  # fmt: skip
    return [
        Scrape(f"router{number:04}", 1.0, 1.0, replace(health, router=f"router{number:04}"))
        for number in range(routers)
    ]


def _registry(scrapes: list[Scrape]) -> CollectorRegistry:
    """Hold the same samples in prometheus_client's own metrics."""
    disable_created_metrics()  # type: ignore[no-untyped-call]  # routers have no part in them
    registry = CollectorRegistry()
    for family in families(scrapes):
        kind = Counter if family.type == "counter" else Gauge
        names = sorted(family.samples[0].labels)
        name = family.name if kind is Counter else family.samples[0].name
        metric = kind(name, family.documentation, names, registry=registry)
        for sample in family.samples:
            metric.labels(**sample.labels).inc(sample.value)
    return registry


def _seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best


def results(routers: int = 1000) -> Iterator[Result]:
    """Measure a page over many routers."""
    scrapes = _fleet(routers)
    registry = _registry(scrapes)
    ours, theirs = _seconds(lambda: page(scrapes)), _seconds(lambda: generate_latest(registry))
    what = f"/metrics of {routers} routers / prometheus_client, CPU"
    yield Result("exporter", what, ours * 1e3, theirs * 1e3, "ms", BOUND)


if __name__ == "__main__":
    sys.exit(shown(results(*map(int, sys.argv[1:]))))
