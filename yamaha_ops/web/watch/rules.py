"""What is an alarm: the rules of ``dashboards/prometheus``, over the metrics of the exporter.

Names, limits and times are those of the Prometheus rules (a test holds them together), so whoever
has both is told the same thing at the same time. Hysteresis is this console's own: an alarm that is
open closes only beyond ``release``, and only after :data:`CALM_SECONDS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from yamaha_ops.exporter.metrics import METRICS
from yamaha_ops.web.watch.conditions import (
    Above,
    Below,
    Changed,
    Condition,
    Fell,
    Is,
    Lost,
    Rose,
    RunningOut,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.exporter import Scrape

CALM_SECONDS: Final = 120.0
"""How long a condition must be over before its alarm closes."""

NEWS_SECONDS: Final = 86400.0
"""How long something that merely happened stays open if nobody acknowledges it."""

_BY_NAME: Final = {metric.name: metric for metric in METRICS}


class Severity(StrEnum):
    """How bad it is, in the words of the Prometheus rules; worse ones sort behind."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """A number that grows with it."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of alarm.

    Attributes:
        name: That of the Prometheus alert; ``alarm.NAME`` in the words.
        severity: How bad it is.
        metric: What it looks at, without the prefix.
        condition: When that is bad.
        hold: How long it must be bad before the alarm opens, in seconds.
        where: Labels that a sample must have.
        per: A metric to divide by.
        age: Whether the metric is a time, and its age counts.
        once: Whether it is something that happens rather than a state: it is opened, acknowledged,
            and never closes because of what the router says.
    """

    name: str
    severity: Severity
    metric: str
    condition: Condition
    hold: float = 0.0
    where: tuple[tuple[str, str], ...] = ()
    per: str | None = None
    age: bool = False
    once: bool = False

    def readings(self, scrape: Scrape) -> Iterator[tuple[str, float]]:
        """Give what the rule is about (an interface, a tunnel; empty for the router) and value."""
        by = dict(_rows(self.per, (), scrape)) if self.per else {}
        for subject, value in _rows(self.metric, self.where, scrape):
            if self.age:
                yield subject, scrape.time - value
            elif self.per is None:
                yield subject, value
            elif divisor := by.get(subject):
                yield subject, value / divisor


def _rows(
    name: str, where: tuple[tuple[str, str], ...], scrape: Scrape
) -> Iterator[tuple[str, float]]:
    metric = _BY_NAME[name]
    chosen = dict(where)
    for labels, value in metric.rows(scrape):
        named = dict(zip(metric.labels, labels, strict=True))
        if all(named.get(key) == wanted for key, wanted in where):
            told = (text for key, text in named.items() if key not in chosen and text)
            yield " ".join(told), value


_MINUTE: Final = 60.0
_HOUR: Final = 3600.0
_INFO, _WARNING, _CRITICAL = Severity

RULES: Final = (
    Rule(
        "YamahaTunnelDown",
        _CRITICAL,
        "tunnel_state",
        Is(0),
        2 * _MINUTE,
        where=(("state", "up"),),
    ),
    Rule(
        "YamahaNoDefaultRoute",
        _CRITICAL,
        "default_routes",
        Is(0),
        2 * _MINUTE,
        where=(("family", "ipv4"),),
    ),
    Rule("YamahaMapeInconsistent", _CRITICAL, "mape_consistent", Is(0), 5 * _MINUTE),
    Rule("YamahaPrefixChanged", _WARNING, "ipv6_prefix_fingerprint", Changed(15 * _MINUTE)),
    Rule(
        "YamahaPortsMayRunOut",
        _WARNING,
        "mape_saturation_ratio",
        RunningOut(limit=1.0, floor=0.6, ahead=_HOUR),
        10 * _MINUTE,
    ),
    Rule(
        "YamahaNatTableFull",
        _CRITICAL,
        "nat_sessions",
        Above(0.9, 0.85),
        5 * _MINUTE,
        per="nat_sessions_limit",
    ),
    Rule(
        "YamahaHostAtSessionLimit",
        _WARNING,
        "nat_busiest_host_limit_ratio",
        Above(0.9, 0.85),
        10 * _MINUTE,
    ),
    Rule(
        "YamahaPrefixExpires",
        _WARNING,
        "ipv6_address_valid_lifetime_seconds",
        Below(1800, 3600),
        5 * _MINUTE,
    ),
    Rule("YamahaRouterUnreachable", _CRITICAL, "up", Is(0), 6 * _MINUTE),
    Rule("YamahaRouterRestarted", _WARNING, "uptime_seconds", Fell(), once=True),
    Rule(
        "YamahaProcessorBusy",
        _WARNING,
        "cpu_utilization_ratio",
        Above(0.8, 0.7),
        15 * _MINUTE,
        where=(("window", "5m"),),
    ),
    Rule("YamahaMemoryShort", _WARNING, "memory_used_ratio", Above(0.9, 0.85), 15 * _MINUTE),
    Rule("YamahaTooHot", _WARNING, "temperature_celsius", Above(70, 65), 5 * _MINUTE),
    Rule(
        "YamahaDhcpPoolShort",
        _WARNING,
        "dhcp_scope_leased_addresses",
        Above(0.9, 0.85),
        15 * _MINUTE,
        per="dhcp_scope_total_addresses",
    ),
    Rule("YamahaLuaErrors", _WARNING, "lua_script_errors", Rose(_HOUR)),
    Rule("YamahaYnoDisconnected", _WARNING, "yno_connected", Lost(), 30 * _MINUTE),
    Rule("YamahaConfigUnsaved", _WARNING, "config_unsaved", Is(1), _HOUR),
    Rule("YamahaConfigDrift", _WARNING, "config_drift_commands", Above(0, 0), _HOUR),
    Rule("YamahaConfigChanged", _INFO, "config_fingerprint", Changed(30 * _MINUTE), once=True),
    Rule(
        "YamahaBackupOld",
        _WARNING,
        "backup_timestamp_seconds",
        Above(2 * 86400, 2 * 86400),
        _HOUR,
        age=True,
    ),
    Rule("YamahaScrapeFailing", _WARNING, "scrape_command_success", Is(0), 15 * _MINUTE),
    Rule("YamahaAnswersNotUnderstood", _INFO, "parse_unknown_lines", Above(0, 0), _HOUR),
)
"""Every kind of alarm. ``YamahaTooHot`` is for models with a sensor and has no Prometheus rule;
``YamahaScrapeStale`` has no counterpart here, since this console asks by itself."""

BY_NAME: Final = {rule.name: rule for rule in RULES}
