"""Numbers, times and durations as the console writes them, in both languages."""

from __future__ import annotations

import re
from datetime import datetime

_UNITS = {
    "day": 86400,
    "日": 86400,
    "hour": 3600,
    "時間": 3600,
    "min": 60,
    "分": 60,
    "sec": 1,
    "秒": 1,
}
_AMOUNT = re.compile(
    r"([0-9]{1,9})\s*(day|日|hour|時間|min|分|sec|秒)(?:ute|ond)?s?\.?[\s,]*", re.ASCII
)
_CLOCK = re.compile(r"([0-9]{1,3}):([0-9]{2}):([0-9]{2})", re.ASCII)
_TIME = re.compile(
    r"([0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})(?: ([+-][0-9]{2}:[0-9]{2}))?",
    re.ASCII,
)
_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)

TRAFFIC = re.compile(
    r"([0-9]{1,20})\s*(?:packets?|パケット)\s*[\[(]?\s*([0-9]{1,20})\s*(?:octets?|オクテット)",
    re.ASCII,
)
"""``N packets [M octets]`` with brackets, parentheses or nothing around the second number."""


def number(text: str) -> int | None:
    """Read the leading number; None where there is none (``-``, nothing, a word)."""
    found = _NUMBER.match(text)
    return int(found[0]) if found else None


def ratio(percent: str) -> float:
    """Turn the digits of a percentage into a fraction."""
    return int(percent) / 100


def present(text: str) -> str | None:
    """Return the text, or None for what the console prints where nothing is set."""
    text = text.strip()
    return None if text in {"", "-"} else text


def duration(text: str) -> int | None:
    """Read a duration in seconds, in any mix of units and either language.

    ``5days 21:12:17``, ``1 minute 49 seconds  connection.``, ``2日 13時間 37分 41秒``,
    ``1day 4hours 5min. 6secs.``, ``6秒``. None for anything else.
    """
    position, total, seen = 0, 0, False
    while found := _AMOUNT.match(text, position):
        total += int(found[1]) * _UNITS[found[2]]
        position, seen = found.end(), True
    clock = _CLOCK.match(text, position)
    if clock:
        hours, minutes, seconds = map(int, clock.groups())
        return total + hours * 3600 + minutes * 60 + seconds
    return total if seen else None


def time(text: str) -> datetime | None:
    """Read the time at the beginning of the text; it has an offset only where the text has one."""
    found = _TIME.match(text)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found[1].replace("/", "-") + (found[2] or ""))
    except ValueError:
        return None


def traffic(text: str) -> tuple[int, int] | None:
    """Read packets and octets, whichever brackets the command uses."""
    found = TRAFFIC.search(text)
    return (int(found[1]), int(found[2])) if found else None
