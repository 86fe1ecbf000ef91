"""``lua``, ``luac``, ``terminate lua`` (REF 46.2, 46.3, 46.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lua import Trigger
from yamaha_ops.lab.lua.machine import compiles
from yamaha_ops.lab.messages import Problem, Refusal, Say
from yamaha_ops.lab.paths import absolute, read_file, write_file
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("`lua -v`", "RTX830/show_status_lua"),
    recorded("`lua FILE` returns at once", "published Lua scripts"),
    documented("`lua -e CODE`, `-l MODULE`, arguments behind the file", "REF 46.2"),
    recorded("`Luaスクリプトを停止しました` after `terminate lua`", "RTX830/show_status_lua"),
    recorded("`luacコマンドの実行が終了しました` after `luac`", "RTX830/luac"),
    assumed("A compiled file holds the source behind a mark", "bytecode is not portable anyway"),
    assumed("A syntax error under `luac` is printed as an error line", "wording not seen"),
)

COMPILED: Final = b"\x1bLua"


@operation("lua")
def lua(caller: Caller, words: Words) -> Iterator[str]:
    """Start a script: ``lua FILE [ARGUMENTS]``, ``lua -e CODE``, ``lua -v``."""
    router = caller.router
    if words == ("-v",):
        yield "Lua 5.1.5  Copyright (C) 1994-2012 Lua.org, PUC-Rio"
        yield ""
        return
    if not words:
        raise Refusal(Problem.PARAMETER_COUNT)
    script, source, arguments = _what(caller, words)
    console = caller.console
    router.lua.start(
        Trigger.SCHEDULE if caller.scheduled else Trigger.COMMAND,
        " ".join(("lua", *words)),
        script,
        source,
        arguments,
        console.notice if console is not None else _nowhere,
    )


def _nowhere(text: str) -> None:
    del text


def _what(caller: Caller, words: Words) -> tuple[str, str, Words]:
    """Return script path, source and arguments."""
    preloaded = ""
    rest = list(words)
    while rest:
        option = rest.pop(0)
        if option == "-e":
            if len(rest) != 1:
                raise Refusal(Problem.PARAMETER_COUNT)
            return "", preloaded + rest[0], ()
        if option == "-l":
            if not rest:
                raise Refusal(Problem.PARAMETER_COUNT)
            preloaded += f"require({rest.pop(0)!r}) "
        elif option != "--":
            path = absolute(caller.router, option)
            data = read_file(caller.router, path).removeprefix(COMPILED)
            return path, preloaded + data.decode("latin-1"), tuple(rest)
    raise Refusal(Problem.PARAMETER_COUNT)


@operation("luac")
def luac(caller: Caller, words: Words) -> Iterator[str]:
    """Compile: ``luac -o OUT IN``, or check with ``luac -p IN``."""
    match words:
        case ("-p", name):
            target = None
        case ("-o", target, name):
            pass
        case (name,):
            target = "luac.out"
        case _:
            raise Refusal(Problem.PARAMETER_COUNT)
    path = absolute(caller.router, name)
    data = read_file(caller.router, path)
    problem = compiles(data.decode("latin-1"), path)
    if problem:
        prefix = caller.say("Error: ", "エラー: ")
        raise Refusal(Problem.KEYWORD, f"{prefix}luac: {problem}")
    if target is not None:
        write_file(caller.router, target, COMPILED + data)
    yield Say.LUAC_DONE.text(japanese=caller.japanese)


@operation("terminate lua")
def terminate(caller: Caller, words: Words) -> Iterator[str]:
    """End tasks: by number, by file, or all."""
    tasks = caller.router.lua
    match words:
        case ("all",):
            chosen = list(tasks.running.values())
        case ("file", name):
            path = absolute(caller.router, name)
            chosen = [task for task in tasks.running.values() if task.script == path]
        case (number,) if number.isdigit():
            chosen = [task for task in tasks.running.values() if task.number == int(number)]
        case _:
            raise Refusal(Problem.PARAMETER_COUNT)
    if tasks.locked or not chosen:
        raise Refusal(Problem.NO_SUCH_FILE)
    for task in chosen:
        tasks.stop(task)
    yield Say.LUA_STOPPED.text(japanese=caller.japanese)
