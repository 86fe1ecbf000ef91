"""About the asking itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.exporter.metric import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.exporter.metric import Rows, Value
    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.health import Answer


def _each(read: Callable[[Answer], Value]) -> Callable[[Scrape], Rows]:
    def rows(scrape: Scrape) -> Rows:
        for answer in scrape.health.answers if scrape.health else ():
            yield (answer.command,), read(answer)

    return rows


def _success(answer: Answer) -> Value:
    return None if answer.outcome == "unsupported" else answer.outcome == "ok"


METRICS = (
    Metric(
        "up",
        "gauge",
        "Whether the router could be asked. One 0 among thousands is no outage.",
        "the attempt",
        lambda scrape: [((), scrape.health is not None)],
    ),
    Metric(
        "scrape_duration_seconds",
        "gauge",
        "How long asking the router took.",
        "the attempt",
        lambda scrape: [((), scrape.seconds)],
    ),
    Metric(
        "scrape_timestamp_seconds",
        "gauge",
        "When the router was asked, in seconds since 1970.",
        "the attempt",
        lambda scrape: [((), scrape.time)],
    ),
    Metric(
        "scrape_age_seconds",
        "gauge",
        "How old the result is: in background mode the exporter asks on its own schedule.",
        "the exporter",
        lambda scrape: [((), scrape.age)],
    ),
    Metric(
        "scrape_command_success",
        "gauge",
        "Whether a command was answered and understood; absent for commands it does not have.",
        "every command",
        _each(_success),
        ("command",),
    ),
    Metric(
        "scrape_command_unsupported",
        "gauge",
        "1 for a command that this model or firmware does not have.",
        "every command",
        _each(lambda answer: True if answer.outcome == "unsupported" else None),
        ("command",),
    ),
    Metric(
        "scrape_command_duration_seconds",
        "gauge",
        "How long a command took; commands that were entered together share their time.",
        "every command",
        _each(lambda answer: answer.seconds),
        ("command",),
    ),
    Metric(
        "parse_unknown_lines",
        "gauge",
        "Lines of an answer that nothing understood.",
        "every command",
        _each(lambda answer: len(answer.unknown_lines) if answer.outcome == "ok" else None),
        ("command",),
    ),
)
