"""``show status yno``: the agent of Yamaha Network Organizer (REF 49.8).

The reference lists 接続 in its tables and prints 正常 in its example: both mean connected. Up to
Rev.15.02.02 an RTX830 prints an older form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.grammar import Grammar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from yamaha_ops.status.grammar import Reader

CONNECTED = {
    "正常": True,
    "接続": True,
    "正常動作中": True,
    "有効": True,
    "ゼロコンフィグ処理中": True,
    "未接続": False,
    "異常": False,
    "無効": False,
    "設定未完了": False,
    "起動処理中": False,
    "終了処理中": False,
    "異常発生": False,
}
"""Word of state, in the new and the old form. English words were never seen."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol of the agent; ``connected`` is None for a word not known."""

    connected: bool | None = None
    since: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Yno:
    """Protocols by printed name (CWMP, XMPP, GFW, LAS)."""

    protocols: Mapping[str, Protocol] = field(default_factory=dict)
    operator_id: str | None = None


GRAMMAR = Grammar(
    labels={
        "CWMP": "CWMP",
        "現在の状態": "CWMP",
        "XMPP": "XMPP",
        "XMPP接続": "XMPP",
        "GFW": "GFW",
        "GFW接続": "GFW",
        "LAS": "LAS",
        "オペレーターID": "operator_id",
        "オペレーター ID": "operator_id",
        "セッション確立日時": "since",
    },
)

_STATE = re.compile(r"([^\s(]+)\s*(?:\((.*?)\s*\))?$")


def parse(text: str | bytes, command: str) -> tuple[Yno, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    protocols: dict[str, Protocol] = {}
    operator_id = None
    for key, value, line in reader:
        if key == "operator_id":
            operator_id = values.present(value)
        elif key == "since":
            protocols["CWMP"] = replace(protocols.get("CWMP", Protocol()), since=values.time(value))
        else:
            protocols[key] = _protocol(value)
            if protocols[key].connected is None:
                reader.reject(line)
    return Yno(protocols, operator_id), reader


def _protocol(value: str) -> Protocol:
    found = _STATE.match(value)
    connected = CONNECTED.get(found[1]) if found else None
    if found is None or connected is None:
        return Protocol()
    since = values.time(found[2] or "")
    return Protocol(connected, since, None if since else found[2])
