"""What the exporter says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from yamaha_ops import __version__

if TYPE_CHECKING:
    from yamaha_ops.exporter.scrape import Scrape

_PREFIX = "yamaha_exporter"
_BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

OWN = (
    ("yamaha_exporter_build_info", "info", "Version of yamaha-ops."),
    ("yamaha_exporter_routers", "gauge", "Routers in the inventory."),
    ("yamaha_exporter_sessions", "gauge", "Routers with an open session."),
    (
        "yamaha_exporter_one_at_a_time_routers",
        "gauge",
        "Routers asked one command at a time: so the inventory says, or they did not keep several.",
    ),
    ("yamaha_exporter_probes_total", "counter", "Attempts to ask a router, by `outcome`."),
    ("yamaha_exporter_probe_duration_seconds", "histogram", "How long asking a router took."),
    ("yamaha_exporter_reload_successful", "gauge", "Whether the inventory was last loaded well."),
    (
        "yamaha_exporter_reload_timestamp_seconds",
        "gauge",
        "When the inventory was last loaded well, in seconds since 1970.",
    ),
)
"""Name, type and meaning, as the documentation has them."""


class Own:
    """The metrics of one exporter, and of its process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        text = {name: meaning for name, _kind, meaning in OWN}

        def named(name: str) -> tuple[str, str]:
            return f"{_PREFIX}_{name}", text[f"{_PREFIX}_{name}"]

        Info(_PREFIX + "_build", text[f"{_PREFIX}_build_info"], registry=self.registry).info(
            {"version": __version__}
        )
        self.routers = Gauge(*named("routers"), registry=self.registry)
        self.sessions = Gauge(*named("sessions"), registry=self.registry)
        self.one_at_a_time = Gauge(*named("one_at_a_time_routers"), registry=self.registry)
        self.probes = Counter(*named("probes_total"), ["outcome"], registry=self.registry)
        self.duration = Histogram(
            *named("probe_duration_seconds"), buckets=_BUCKETS, registry=self.registry
        )
        self.reloaded = Gauge(*named("reload_successful"), registry=self.registry)
        self.reload_time = Gauge(*named("reload_timestamp_seconds"), registry=self.registry)
        for outcome in ("up", "down"):
            self.probes.labels(outcome)
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def count(self, scrape: Scrape) -> None:
        """Count one attempt."""
        self.probes.labels("up" if scrape.health else "down").inc()
        self.duration.observe(scrape.seconds)
