"""Every metric, in the order of the documentation."""

from __future__ import annotations

from yamaha_ops.exporter.metrics import (
    configuration,
    interfaces,
    ipv6,
    line,
    network,
    own,
    services,
    system,
)

METRICS = (
    *own.METRICS,
    *system.METRICS,
    *interfaces.METRICS,
    *line.METRICS,
    *ipv6.METRICS,
    *network.METRICS,
    *services.METRICS,
    *configuration.METRICS,
)
