"""Durations, each the way its own command writes them."""

from __future__ import annotations

from typing import Final

from yamaha_ops.lab.fidelity import assumed, recorded

FIDELITY: Final = (
    recorded("`5days 21:12:17` after a day", "RTX1200/show_environment, RTX1210"),
    assumed("`0days 00:12:17` below one day", "published programs accept it; no recording"),
    recorded(
        "`14時間8分21秒`, `1 minute 49 seconds` for connections",
        "RTX830/show_status_tunnel, RTX1200",
    ),
    recorded("`2日 13時間 37分 41秒`, `1day 4hours 5min. 6secs.` for leases", "RTX1300, RTX810"),
)

DAY: Final = 86_400
HOUR: Final = 3600
MINUTE: Final = 60


def _parts(seconds: float) -> tuple[int, int, int, int]:
    whole = int(seconds)
    return whole // DAY, whole % DAY // HOUR, whole % HOUR // MINUTE, whole % MINUTE


def uptime(seconds: float) -> str:
    """``5days 21:12:17``."""
    days, hours, minutes, rest = _parts(seconds)
    unit = "day" if days == 1 else "days"
    return f"{days}{unit} {hours:02}:{minutes:02}:{rest:02}"


def connection(seconds: float, *, japanese: bool) -> str:
    """``14時間8分21秒`` or ``5 hours 7 minutes``; leading units of 0 are left out."""
    days, hours, minutes, rest = _parts(seconds)
    names = ("日", "時間", "分", "秒") if japanese else ("day", "hour", "minute", "second")
    values = (days, hours, minutes, rest)
    first = next((index for index, value in enumerate(values) if value), 3)
    if japanese:
        return "".join(f"{v}{n}" for v, n in zip(values[first:], names[first:], strict=True))
    return " ".join(
        f"{value} {name}{'' if value == 1 else 's'}"
        for value, name in zip(values[first:], names[first:], strict=True)
    )


def lease(seconds: float, *, japanese: bool) -> str:
    """``2日 13時間 37分 41秒`` or ``1day 4hours 5min. 6secs.``."""
    days, hours, minutes, rest = _parts(seconds)
    if japanese:
        parts = [f"{days}日" if days else "", f"{hours}時間" if days or hours else ""]
        return " ".join([*filter(None, parts), f"{minutes}分", f"{rest}秒"])
    parts = [
        f"{days}day{'' if days == 1 else 's'}" if days else "",
        f"{hours}hour{'' if hours == 1 else 's'}" if days or hours else "",
    ]
    return " ".join([*filter(None, parts), f"{minutes}min.", f"{rest}secs."])
