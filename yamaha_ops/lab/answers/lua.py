"""``show status lua`` (REF 46.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.clock import stamp
from yamaha_ops.lab.console.screen import pad
from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.lua import Trigger
from yamaha_ops.lab.lua.machine import version
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.lua import Run, Task
    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("Versions, a running task, Japanese", "RTX830/show_status_lua"),
    recorded("No task, one entry of history, Japanese", "RTX1220/show_status_lua"),
    assumed("The English answer", "never seen"),
    assumed("`監視文字列:` of a watching task; `スケジュール` as a trigger", "REF 46.4 names them"),
    assumed("`正常終了` as a result", "only `エラー終了` was recorded"),
)

CELL: Final = 21
TRIGGERS: Final = {
    Trigger.COMMAND: ("'lua' command", "'lua' コマンド"),
    Trigger.SCHEDULE: ("schedule", "スケジュール"),
}


@operation("show status lua", administrator=False)
def show_status_lua(caller: Caller, words: Words) -> Iterator[str]:
    """Print versions, running tasks and history; or one of the two parts."""
    if words not in {(), ("running",), ("history",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    say, tasks = caller.say, caller.router.lua
    if not words:
        yield pad(say("Lua library version:", "Luaライブラリバージョン:"), 32) + "Lua 5.1.5"
        yield pad(
            say("Lua script function version:", "Luaスクリプト機能バージョン:"), 32
        ) + version(caller.router)
        yield ""
    if words != ("history",):
        yield "[running]"
        if not tasks.running:
            yield say("No Lua script is running", "走行中のLuaスクリプトはありません")
        for task in sorted(tasks.running.values(), key=lambda task: task.number):
            yield from _task(caller, task)
        yield ""
    if words != ("running",):
        yield "[history]"
        if not tasks.history:
            yield say("No history", "過去の走行履歴はありません")
        for number, entry in enumerate(tasks.history.values(), 1):
            yield from _entry(caller, number, entry)


def _row(caller: Caller, en: str, ja: str, value: str) -> str:
    return pad(caller.say(en, ja), CELL) + value


def _task(caller: Caller, task: Task) -> Iterator[str]:
    elapsed = int(caller.router.clock.now() - task.started)
    yield _row(
        caller, "Lua task ID (state):", "LuaタスクID (状態):", f"{task.number}  ({task.state})"
    )
    yield _row(caller, "Trigger:", "走行トリガー:", caller.say(*TRIGGERS[task.trigger]))
    yield _row(caller, "Command line:", "コマンドライン:", task.command)
    if task.script:
        yield _row(caller, "Script file:", "スクリプトファイル:", task.script)
    if task.watching:
        yield _row(caller, "Watched string:", "監視文字列:", task.watching)
    yield _row(caller, "Started at:", "開始日時:", stamp(task.started))
    yield _row(
        caller, "Elapsed time:", "経過時間:", caller.say(f"{elapsed} seconds", f"{elapsed}秒")
    )


def _entry(caller: Caller, number: int, entry: Run) -> Iterator[str]:
    yield f"({number})"
    yield _row(caller, "Trigger:", "走行トリガー:", caller.say(*TRIGGERS[entry.trigger]))
    yield _row(caller, "Command line:", "コマンドライン:", entry.command)
    if entry.script:
        yield _row(caller, "Script file:", "スクリプトファイル:", entry.script)
    yield _row(caller, "Runs:", "走行回数:", str(entry.runs))
    yield _row(caller, "Errors:", "エラー発生回数:", str(entry.failures))
    if entry.errors:
        yield caller.say("Error history:", "エラー履歴:")
        for time, text in entry.errors:
            yield f"  {stamp(time)}: {text}"
    yield _row(caller, "First started at:", "初回の開始日時:", stamp(entry.first_started))
    yield _row(caller, "Last started at:", "前回の開始日時:", stamp(entry.last_started))
    yield _row(caller, "Last ended at:", "前回の終了日時:", stamp(entry.last_ended))
    result = ("failed", "エラー終了") if entry.failed_last else ("succeeded", "正常終了")
    yield _row(caller, "Last result:", "前回の走行結果:", caller.say(*result))
