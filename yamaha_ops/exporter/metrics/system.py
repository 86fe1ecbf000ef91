"""The box: load, memory, clock, firmware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric, attribute, from_record
from yamaha_ops.status.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from yamaha_ops.exporter.metric import Rows
    from yamaha_ops.exporter.scrape import Scrape

_SOURCE = "show environment"


def _load(environment: Environment) -> Rows:
    yield ("5s",), environment.cpu_5s_ratio
    yield ("1m",), environment.cpu_1m_ratio
    yield ("5m",), environment.cpu_5m_ratio


def _buffers(environment: Environment) -> Rows:
    used = environment.packet_buffer_used_ratio
    for size in ("small", "middle", "large", "huge"):
        yield (size,), getattr(used, size, None)


def _moment(name: str) -> Callable[[Environment], Rows]:
    def rows(environment: Environment) -> Rows:
        moment: datetime | None = getattr(environment, name)
        # Without an offset it is not known which moment it was.
        yield (), moment.timestamp() if moment and moment.tzinfo else None

    return rows


def _info(scrape: Scrape) -> Rows:
    for environment in scrape.records(Environment):
        health = scrape.health
        model = environment.model or (health.model if health else "")
        firmware = environment.firmware or (health.firmware if health else "")
        yield (model, firmware, environment.serial or ""), 1


def _files(environment: Environment) -> Rows:
    if environment.config_file:
        yield (environment.config_file, environment.default_config_file or ""), 1


METRICS = (
    Metric(
        "device",
        "info",
        "Model, firmware and serial number.",
        _SOURCE,
        _info,
        ("model", "firmware", "serial"),
    ),
    Metric(
        "boot_config",
        "info",
        "The configuration it started from, and the one it would start from.",
        _SOURCE,
        from_record(Environment, _files),
        ("config", "default_config"),
    ),
    Metric(
        "cpu_utilization_ratio",
        "gauge",
        "Processor load, averaged by the router over the window and all cores: do not rate() it.",
        _SOURCE,
        from_record(Environment, _load),
        ("window",),
    ),
    Metric(
        "memory_used_ratio",
        "gauge",
        "Used share of the memory.",
        _SOURCE,
        attribute(Environment, "memory_used_ratio"),
    ),
    Metric(
        "packet_buffer_used_ratio",
        "gauge",
        "Used share of the packet buffers of one size.",
        _SOURCE,
        from_record(Environment, _buffers),
        ("size",),
    ),
    Metric(
        "temperature_celsius",
        "gauge",
        "Temperature inside; only models with a sensor (not RTX830).",
        _SOURCE,
        attribute(Environment, "temperature_celsius"),
    ),
    Metric(
        "uptime_seconds",
        "gauge",
        "Time since the start, by the router's own count.",
        _SOURCE,
        attribute(Environment, "uptime_seconds"),
    ),
    Metric(
        "boot_time_seconds",
        "gauge",
        "When it started, in seconds since 1970, by its own clock.",
        _SOURCE,
        from_record(Environment, _moment("boot_time")),
    ),
    Metric(
        "time_seconds",
        "gauge",
        "Its clock, in seconds since 1970.",
        _SOURCE,
        from_record(Environment, _moment("current_time")),
    ),
)
