"""What alarms are called in the words of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yamaha_ops.web.watch.alarms import as_json
from yamaha_ops.web.words import translate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.web.store.fleet import Alarm

_PERCENT = frozenset(
    {
        "YamahaPortsMayRunOut",
        "YamahaNatTableFull",
        "YamahaHostAtSessionLimit",
        "YamahaProcessorBusy",
        "YamahaMemoryShort",
        "YamahaDhcpPoolShort",
    }
)


def alarm_title(alarm: Alarm, language: str) -> str:
    """Return an alarm of the database as one sentence."""
    return title(language, as_json(alarm))


def title(language: str, alarm: Mapping[str, Any]) -> str:
    """Return an alarm as one sentence, without its router.

    Args:
        language: In which.
        alarm: As the API gives it.
    """
    name, value = str(alarm["alarm"]), alarm["value"]
    return translate(
        language,
        f"alarm.{name}.title",
        subject=alarm["subject"],
        value="–" if value is None else _value(name, float(value)),
    )


def _value(name: str, value: float) -> str:
    return f"{value:.0%}" if name in _PERCENT else f"{value:g}"
