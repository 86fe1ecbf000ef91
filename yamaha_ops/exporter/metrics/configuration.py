"""The running configuration: is it saved, is it the wanted one, is there a copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.exporter.metric import Rows, Value
    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.health import ConfigurationState

_CONFIG = "show config"


def _state(read: Callable[[ConfigurationState], Value]) -> Callable[[Scrape], Rows]:
    def rows(scrape: Scrape) -> Rows:
        state = scrape.health.configuration if scrape.health else None
        if state:
            yield (), read(state)

    return rows


METRICS = (
    Metric(
        "config_fingerprint",
        "gauge",
        "The first 48 bits of the configuration's SHA-256: watch it with changes().",
        _CONFIG,
        _state(lambda state: int(state.digest[:12], 16)),
    ),
    Metric(
        "config_settings",
        "gauge",
        "Settings in the running configuration.",
        _CONFIG,
        _state(lambda state: state.settings),
    ),
    Metric(
        "config_unsaved",
        "gauge",
        "Whether a restart would bring another configuration; absent where it cannot be told.",
        "show config difference N",
        _state(lambda state: state.unsaved),
    ),
    Metric(
        "config_drift_commands",
        "gauge",
        "Commands between the running configuration and what inventory and templates give.",
        f"{_CONFIG}, inventory",
        _state(lambda state: state.drift),
    ),
    Metric(
        "config_read_timestamp_seconds",
        "gauge",
        "When the configuration was read; it is read less often than the rest.",
        _CONFIG,
        _state(lambda state: state.time),
    ),
    Metric(
        "backup_timestamp_seconds",
        "gauge",
        "When the configuration was last backed up, in seconds since 1970.",
        "backup history",
        lambda scrape: [((), scrape.backup_time)],
    ),
)
