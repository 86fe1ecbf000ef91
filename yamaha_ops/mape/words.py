"""The words of the pictures in Japanese. English is written where it is drawn, and is the key."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

LANGUAGES: Final = ("en", "ja")

JAPANESE: Final = {
    "MAP-E line {}": "MAP-E 回線 {}",
    "What the prefix of the line says": "回線のプレフィックスの内訳",
    "IPv4 {}: {}": "IPv4 {}: {}",
    "prefix, the line's own": "プレフィックス(この回線専用)",
    "address, the line's own": "アドレス(この回線専用)",
    "address, shared by {} lines": "アドレス({} 回線で共有)",
    "Ports: all of them": "ポート: すべて使えます",
    "A port is the line's if these bits say {}": "この部分が {} のポートを使えます",
    "The address of the tunnel: {}": "トンネルのアドレス: {}",
    "Its first 64 bits are the prefix above; the other 64 ({} form):": (
        "上位 64 ビットは上のプレフィックス、下位 64 ビットは次のとおりです({} 形式)。"
    ),
    "{}IPv4 {}{}, {} of {} ports": "{}IPv4 {}{}、{} ポート(全 {} ポート中)",
    ", PSID {}": "、PSID {}",
    "The ports of the line: {} of {}": "この回線のポート: {} / {}",
    "The line's own ports are filled in.": "塗りつぶしがこの回線のポートです。",
    "Each row is {} ports.": "1 行は {} ポート",
    "0-{}: no line may use these": "0-{}: どの回線も使えません",
    "{}, {} bits": "{}、{} ビット",
    "{}, {} bit": "{}、{} ビット",
    "free": "自由",
    "rule prefix": "ルールのプレフィックス",
    "IPv4 part": "IPv4 の部分",
    "PSID": "PSID",
    "given subnet": "指定のサブネット",
    "your subnets": "サブネット用",
    "zero": "ゼロ",
    "IPv4 address": "IPv4 アドレス",
    "no PSID": "PSID なし",
    "from the rule": "ルールから",
    "from the prefix": "プレフィックスから",
    "your addresses": "自分のアドレス",
    "any port": "任意のポート",
    "PSID from the operator": "事業者が指定する PSID",
    "anything but 0": "0 以外",
    "anything": "任意",
}


def words(language: str) -> Callable[..., str]:
    """Return what says an English pattern, filled with values, in a language of LANGUAGES."""
    known = JAPANESE if language == "ja" else {}

    def say(pattern: str, *values: object) -> str:
        return (
            known.get(pattern, pattern).format(*values) if values else known.get(pattern, pattern)
        )

    return say


def cells(text: str) -> int:
    """Return the width of a text in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)
