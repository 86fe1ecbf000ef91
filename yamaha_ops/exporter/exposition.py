"""Scrapes to Prometheus: families for its client library, text for a file, JSON for programs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Sample

from yamaha_ops.exporter.metric import ROUTER
from yamaha_ops.exporter.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from yamaha_ops.exporter.scrape import Scrape


def families(scrapes: Sequence[Scrape], *, per_host: bool = False) -> Iterator[Family]:
    """Give every family that has samples, over all routers.

    Args:
        scrapes: One for each router.
        per_host: Whether to give a series for each host of a LAN too.
    """
    for metric in METRICS:
        if metric.per_host and not per_host:
            continue
        names = (ROUTER, *metric.labels)
        samples = [
            Sample(metric.sample, dict(zip(names, (scrape.router, *labels), strict=True)), value)
            for scrape in scrapes
            for labels, value in metric.rows(scrape)
        ]
        if samples:
            family = Family(metric.family, metric.help, metric.kind)
            family.samples = samples
            yield family


class _Given:
    """A collector of families that exist already."""

    def __init__(self, given: Iterable[Family]) -> None:
        self._given = given

    def collect(self) -> Iterable[Family]:
        return self._given


def text(given: Iterable[Family]) -> bytes:
    """Return the Prometheus text format, version 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given(given))
    return generate_latest(registry)


def as_json(scrape: Scrape, *, per_host: bool = False) -> dict[str, Any]:
    """Return one router's samples by metric, for programs."""
    metrics: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for family in families([scrape], per_host=per_host):
        for sample in family.samples:
            labels = {name: value for name, value in sample.labels.items() if name != ROUTER}
            metrics[sample.name].append({"labels": labels, "value": sample.value})
    return {
        "router": scrape.router,
        "up": scrape.health is not None,
        "error": scrape.error,
        "metrics": metrics,
    }
