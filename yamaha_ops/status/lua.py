"""``show status lua``: running scripts and the history of those that ended (REF 46.4).

Only Japanese text was ever recorded; states are printed in English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status.fields import count, gather, moment, own, seconds, word
from yamaha_ops.status.grammar import IGNORED, Grammar

if TYPE_CHECKING:
    from datetime import datetime

    from yamaha_ops.status.fields import Fields
    from yamaha_ops.status.grammar import Line, Reader


@dataclass(frozen=True, slots=True)
class Task:
    """A running script. ``state`` is RUN, SLEEP, WATCH, COMMUNICATE or TERMINATE, as printed."""

    id: int
    state: str
    trigger: str | None = None
    command: str | None = None
    script: str | None = None
    watching: str | None = None
    started_at: datetime | None = None
    elapsed_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A kind of script that ran: how often, how often it failed, and how it ended last."""

    trigger: str | None = None
    command: str | None = None
    script: str | None = None
    runs: int | None = None
    errors: int | None = None
    last_result: str | None = None
    last_error: str | None = None
    first_started_at: datetime | None = None
    last_started_at: datetime | None = None
    last_ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lua:
    """Versions, running tasks, and the ten newest kinds of script that ran, newest first."""

    library_version: str | None = None
    function_version: str | None = None
    tasks: tuple[Task, ...] = ()
    history: tuple[Past, ...] = ()


GRAMMAR = Grammar(
    labels={
        "Luaライブラリバージョン": "library_version",
        "Luaスクリプト機能バージョン": "function_version",
        "LuaタスクID (状態)": "task",
        "走行トリガー": "trigger",
        "コマンドライン": "command",
        "スクリプトファイル": "script",
        "監視文字列": "watching",
        "開始日時": "started_at",
        "経過時間": "elapsed",
        "走行回数": "runs",
        "エラー発生回数": "errors",
        "エラー履歴": IGNORED,
        "初回の開始日時": "first_started_at",
        "前回の開始日時": "last_started_at",
        "前回の終了日時": "last_ended_at",
        "前回の走行結果": "last_result",
    },
    sentences=dict.fromkeys(
        (
            "[running]",
            "[history]",
            "走行中のLuaスクリプトはありません",
            "過去の走行履歴はありません",
        ),
        IGNORED,
    ),
    forms=(
        ("past", re.compile(r"\(\d{1,3}\)\s*$", re.ASCII)),
        ("error", re.compile(r"\s*\d{4}/\d{2}/\d{2} ", re.ASCII)),
    ),
)

_TASK = re.compile(r"(\d{1,5})\s+\(([A-Z]+)\)$", re.ASCII)
_ERROR = re.compile(r"\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}: (.+)$", re.ASCII)


def parse(text: str | bytes, command: str) -> tuple[Lua, Reader]:
    """Read one answer.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    # Each block is gathered alone: a label that one block lacks must not come from another.
    blocks: list[tuple[str, list[Line]]] = [("versions", [])]
    for line in reader:
        if line[0] in {"task", "past"}:
            blocks.append((line[0], []))
        blocks[-1][1].append(line)
    read = [(kind, gather(reader, lines, _READERS)) for kind, lines in blocks]
    return Lua(
        **own(read[0][1], Lua),
        tasks=tuple(Task(**own(r, Task)) for kind, r in read if kind == "task" and "id" in r),
        history=tuple(Past(**own(r, Past)) for kind, r in read if kind == "past"),
    ), reader


def _task(value: str, _line: str) -> Fields:
    found = _TASK.match(value)
    return {"id": int(found[1]), "state": found[2]} if found else None


def _error(value: str, _line: str) -> Fields:
    found = _ERROR.match(value)
    return {"last_error": found[1]} if found else None


_READERS = {
    "library_version": word("library_version"),
    "function_version": word("function_version"),
    "task": _task,
    "past": lambda _value, _line: {},
    "trigger": word("trigger"),
    "command": word("command"),
    "script": word("script"),
    "watching": word("watching"),
    "started_at": moment("started_at"),
    "elapsed": seconds("elapsed_seconds"),
    "runs": count("runs"),
    "errors": count("errors"),
    "error": _error,
    "first_started_at": moment("first_started_at"),
    "last_started_at": moment("last_started_at"),
    "last_ended_at": moment("last_ended_at"),
    "last_result": word("last_result"),
}
