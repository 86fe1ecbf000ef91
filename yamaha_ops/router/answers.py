"""Is it an error? The router's own error lines, in both languages."""

from __future__ import annotations

import re
from typing import Final

_ERROR: Final = re.compile(r"^(?:Error|エラー)\s*[:：]")

_BARE: Final = frozenset(
    {
        "パラメータが範囲を越えています",
        "パラメータは整数で指定してください",
        "IPアドレスが認識できません",
        "このコマンドは相手を選択してから実行してください",
        "パスワードが間違っています",
    }
)
"""Known from a simulator only, without the prefix that every recorded error line carries."""

_SEARCHING: Final = ("Searching ...", "検索中 ...")
"""What ``| grep`` prints first (REF 2.5.1)."""


def is_error(line: str) -> bool:
    """Tell whether a line is one of the router's error lines."""
    return _ERROR.match(line) is not None or line.strip() in _BARE


def error_in(text: str) -> str | None:
    """Return the error line of an answer to a ``show`` command, or None.

    Only the first line counts: further down, the tail of a wrapped log line may look like one.
    """
    line, _, rest = text.partition("\n")
    if line.strip() in _SEARCHING:
        line, _, rest = rest.partition("\n")
    while rest and not line.strip():
        line, _, rest = rest.partition("\n")
    return line if is_error(line) else None


def any_error_in(text: str) -> str | None:
    """Return the error line of an answer to a setting command, or None: every line counts."""
    return next((line for line in text.splitlines() if is_error(line)), None)


def lines(text: str) -> list[str]:
    """Return an answer's lines without the one that ``| grep`` puts first."""
    found = text.split("\n")
    return found[1:] if found[0].strip() in _SEARCHING else found


def without_echo(text: str, command: str) -> str:
    """Return an answer without the echo of a command of several lines."""
    if "\n" not in command:
        return text
    told = text.split("\n")
    typed = command.split("\n")
    return "\n".join(told[len(typed) :]) if told[: len(typed)] == typed else text
