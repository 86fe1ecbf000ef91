"""Starting and stopping, where a router answers otherwise than hoped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from yamaha_ops.errors import ApplyError, CommandError
from yamaha_ops.scripts import tasks
from yamaha_ops.status.lua import Lua

if TYPE_CHECKING:
    from yamaha_ops.router import Session

RUNNING = """\
[running]
LuaタスクID (状態):  3  (TERMINATE)
コマンドライン:      lua /lua/x.lua
スクリプトファイル:  /lua/x.lua

[history]
過去の走行履歴はありません
"""


@dataclass
class Stubborn:
    """A router whose Lua does not do as it is told."""

    said: str
    router: str = "home"
    sent: list[str] = field(default_factory=list)
    slept: float = 0.0

    def run(self, command: str) -> str:
        del command
        return RUNNING

    def send(self, command: str, timeout: float | None = None) -> str:
        del timeout
        self.sent.append(command)
        if self.said.startswith("エラー"):
            raise CommandError("refused", output=self.said)
        return self.said

    def drop(self) -> None:
        self.sent.append("(dropped)")

    def close(self) -> None:
        self.sent.append("(closed)")

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def now(self) -> float:
        return self.slept


def test_a_task_that_goes_on_is_told_after_ten_seconds() -> None:
    router = Stubborn("Luaスクリプトを停止しました")
    with pytest.raises(ApplyError, match="was told to stop and still runs"):
        tasks.stop(cast("Session", router), "/lua/x.lua", router)
    assert (router.sent, router.slept) == (["terminate lua file /lua/x.lua"], 10)


@pytest.mark.parametrize("said", [tasks.HUNG, f"エラー: {tasks.HUNG}"])
def test_a_router_whose_lua_hangs_is_recognized(said: str) -> None:
    router = Stubborn(said)
    session = cast("Session", router)
    with pytest.raises(ApplyError, match="Lua hangs") as hung:
        tasks.stop(session, "3", router)
    assert "power" in str(hung.value.hint)
    with pytest.raises(ApplyError, match="Lua hangs"):
        tasks.start(session, lambda: session, "/lua/y.lua", "", router)
    assert router.sent == ["terminate lua 3", "lua /lua/y.lua", "(dropped)"]


def test_words_choose_tasks_by_number_by_path_or_all() -> None:
    lua = tasks.state(cast("Session", Stubborn("")))
    assert [len(tasks.chosen(lua, word)) for word in ("3", "/lua/x.lua", "all")] == [1, 1, 1]
    assert [len(tasks.chosen(lua, word)) for word in ("4", "/lua/y.lua")] == [0, 0]
    assert tasks.chosen(Lua(), "all") == []
