"""Durations, times and numbers in every form that was recorded."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from yamaha_ops.status import values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("5days 21:12:17", 508337),
        ("70days 23:22:43", 6132163),
        ("0days 00:00:09", 9),
        ("12:34:56", 45296),
        ("58 seconds  connection.", 58),
        ("1 minute 49 seconds  connection.", 109),
        ("5 hours 7 minutes 58 seconds  connection.", 18478),
        ("20分39秒", 1239),
        ("14時間8分21秒", 50901),
        ("2days 16hours 3min. 50secs.", 230630),
        ("1day 4hours 5min. 6secs.", 101106),
        ("2日 13時間 37分 41秒", 221861),
        ("6秒", 6),
        ("2 sec after", 2),
        ("", None),
        ("-", None),
        ("soon", None),
        ("日", None),
    ],
)
def test_durations(text: str, seconds: int | None) -> None:
    assert values.duration(text) == seconds


def test_a_time_has_an_offset_only_where_the_text_has_one() -> None:
    assert values.time("2019/07/07 07:07:07") == datetime(2019, 7, 7, 7, 7, 7)  # noqa: DTZ001 -- the point
    west = values.time("2021/01/24 12:32:36 -03:30")
    assert west == datetime(
        2021, 1, 24, 12, 32, 36, tzinfo=timezone(-timedelta(hours=3, minutes=30))
    )


@pytest.mark.parametrize("text", ["2021/13/01 00:00:00", "2021/01/01 00:00:00 +99:99", "now", ""])
def test_what_is_no_time_is_none(text: str) -> None:
    time = values.time(text)
    assert time is None


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("31083764 パケット(10377392756 オクテット)", (31083764, 10377392756)),
        ("(IPv4) 0 packet [0 octet]", (0, 0)),
        ("352937 packets 56673991 octets", (352937, 56673991)),
        ("1500 オクテット", None),
    ],
)
def test_packets_and_octets(text: str, counted: tuple[int, int] | None) -> None:
    assert values.traffic(text) == counted


@pytest.mark.parametrize(("text", "value"), [("1500 オクテット", 1500), ("-", None), ("x1", None)])
def test_numbers_lead(text: str, value: int | None) -> None:
    assert values.number(text) == value
