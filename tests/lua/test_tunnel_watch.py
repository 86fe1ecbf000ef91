from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.lua.conftest import Rt

JAPANESE = (
    "TUNNEL[1]: \n説明: \n  インタフェースの種類: MAP-E\n"
    "  トンネルインタフェースは接続されています\n"
    "  受信: (IPv4) {} パケット [4890313899 オクテット]\n"
    "        (IPv6) 0 パケット [0 オクテット]\n"
    "  送信: (IPv4) {} パケット [162735369 オクテット]\n"
    "        (IPv6) 0 パケット [0 オクテット]\n"
)
ENGLISH = (
    "TUNNEL[1]: \nDescription: \n  Interface type: IPIP\n  Online\n"
    "  Received:    (IPv4) {} packets [1 octets]\n               (IPv6) 0 packet [0 octet]\n"
    "  Transmitted: (IPv4) {} packets [1 octets]\n               (IPv6) 0 packet [0 octet]\n"
)
NOT_THERE = "エラー: トンネルインタフェースの番号が不正です\n"


def shown(counters: Iterable[tuple[int, int]], form: str = JAPANESE) -> Iterator[str]:
    return (form.format(*each) for each in counters)


def test_a_busy_tunnel_is_not_worth_a_word(rt: Rt) -> None:
    rt.answers["show status tunnel 1"] = shown((n, n) for n in range(1000))
    rt.run("tunnel-watch.lua")
    assert rt.said == []
    assert rt.commands[0] == ("show status tunnel 1", "off"), "looking must not fill the log"
    assert len(rt.commands) == 61


@pytest.mark.parametrize("form", [JAPANESE, ENGLISH], ids=["ja", "en"])
def test_silence_is_told_once_and_so_is_its_end(rt: Rt, form: str) -> None:
    silent = ((7, n) for n in range(20))
    back = ((n, n) for n in range(1000))
    rt.answers["show status tunnel 1"] = shown(chain(silent, back), form)
    rt.run("tunnel-watch.lua")
    assert rt.log == [
        (180, "notice", "[tunnel-watch] TUNNEL[1] sends but has received nothing for 180 seconds"),
        (1200, "notice", "[tunnel-watch] TUNNEL[1] receives again"),
    ]


def test_an_idle_tunnel_is_not_a_silent_one(rt: Rt) -> None:
    rt.answers["show status tunnel 1"] = shown(repeat((7, 7)))
    rt.run("tunnel-watch.lua")
    assert rt.said == []


def test_one_answer_now_and_then_keeps_it_quiet(rt: Rt) -> None:
    rt.answers["show status tunnel 1"] = shown((n // 3, n) for n in range(1000))
    rt.run("tunnel-watch.lua")
    assert rt.said == []


def test_counters_beyond_32_bits_are_no_trouble(rt: Rt) -> None:
    rt.answers["show status tunnel 1"] = shown((99076765285 + n, 99076765285) for n in range(1000))
    rt.run("tunnel-watch.lua")
    assert rt.said == []


def test_a_tunnel_that_is_not_there_is_told_once(rt: Rt) -> None:
    rt.answers["show status tunnel 1"] = chain(
        repeat(NOT_THERE, 10), shown((n, n) for n in range(1000))
    )
    rt.run("tunnel-watch.lua")
    assert rt.said == [
        "TUNNEL[1] shows no packet counters: not configured, or not enabled",
        "TUNNEL[1] receives again",
    ]


def test_variables_choose_tunnel_interval_and_patience(rt: Rt) -> None:
    rt.variables = {
        "TUNNEL_WATCH_NUMBER": "3",
        "TUNNEL_WATCH_INTERVAL": "10",
        "TUNNEL_WATCH_PATIENCE": "2",
    }
    rt.answers["show status tunnel 3"] = shown((7, n) for n in range(1000))
    rt.run("tunnel-watch.lua")
    assert rt.log == [
        (20, "notice", "[tunnel-watch] TUNNEL[3] sends but has received nothing for 20 seconds")
    ]
