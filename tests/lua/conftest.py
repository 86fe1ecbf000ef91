"""A little of a router around a script: real Lua 5.1, the calls it makes, a clock that jumps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

LUA = Path(__file__).parents[2] / "lua"

MISSING = """
math.floor, math.ceil, math.huge = nil, nil, nil
io.popen, os.execute, coroutine = nil, nil, nil
print = function() end
"""
"""What stock Lua 5.1 has and the router's does not."""

END = "the trial is over"


@dataclass
class Rt:
    """The router's side: answers to commands, and a record of everything asked of it."""

    answers: dict[str, Iterator[str]] = field(default_factory=dict)
    http: list[dict[str, Any]] = field(default_factory=list)
    prefixes: int = 0
    variables: dict[str, str] = field(default_factory=dict)
    now: int = 0
    until: int = 3600
    log: list[tuple[int, str, str]] = field(default_factory=list)
    commands: list[tuple[str, str]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def run(self, script: str) -> None:
        """Run a script until the clock passes ``until`` or it ends by itself."""
        lua51 = pytest.importorskip("lupa.lua51", reason="lupa has no Lua 5.1 here")
        runtime = lua51.LuaRuntime(unpack_returned_tuples=True, register_eval=False)
        runtime.execute(MISSING)
        scope = runtime.globals()
        scope.os.getenv = self.variables.get
        scope.rt = runtime.table(
            command=self._command,
            sleep=self._sleep,
            syslog=lambda level, text: self.log.append((self.now, level, text)),
            httprequest=lambda wish: self._request(runtime, wish),
            syslogwatch=self._watch,
        )
        try:
            runtime.execute((LUA / script).read_text(encoding="ascii"))
        except lua51.LuaError as error:
            if END not in str(error):
                raise
        except StopIteration:
            pass

    def _command(self, command: str, log: str = "on") -> tuple[bool, str | None]:
        self.commands.append((command, log))
        answer = self.answers.get(command)
        if answer is None:
            return False, None
        # The router answers CRLF and CP932.
        return True, next(answer).replace("\n", "\r\n")

    def _sleep(self, seconds: int) -> None:
        assert isinstance(seconds, int)
        self.now += seconds
        if self.now > self.until:
            raise StopIteration(END)

    def _request(self, runtime: Any, wish: Any) -> Any:
        self.requests.append(dict(wish.items()))
        return runtime.table_from(self.http.pop(0))

    def _watch(self, pattern: str, count: int = 1, seconds: int | None = None) -> tuple[int, None]:
        assert (pattern, count, seconds) == ("Add IPv6 prefix", 1, None)
        if not self.prefixes:
            raise StopIteration(END)
        self.prefixes -= 1
        return 1, None

    @property
    def said(self) -> list[str]:
        """What the script logged, without its own name."""
        return [re.sub(r"^\[[a-z0-9-]+\] ", "", text) for _, _, text in self.log]


@pytest.fixture
def rt() -> Rt:
    return Rt()


Make = Callable[..., Rt]
