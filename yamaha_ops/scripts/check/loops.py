"""What a resident script does over and over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.scripts.check.structure import Block, Call, Hit, Script

WAITS: Final = frozenset({"rt.sleep", "rt.syslogwatch", "rt.socket.select", "rt.socket.sleep"})
_WAITING_METHODS: Final = frozenset({"receive", "receivefrom", "accept"})
LOOPS: Final = ("while", "repeat")
LEAVES: Final = frozenset({"error", "os.exit"})


def _waits(script: Script, block: Block) -> bool:
    paths = script.reach(block.span)
    return bool(paths & WAITS) or any(
        path.rpartition(":")[2] in _WAITING_METHODS for path in paths if ":" in path
    )


def _is_endless(script: Script, block: Block) -> bool:
    """Tell ``while true do`` and ``repeat ... until false``."""
    if block.kind == "while":
        return (
            script.text(block.start + 1) in {"true", "1"} and script.text(block.start + 2) == "do"
        )
    return block.kind == "repeat" and script.text(block.end) in {"false", "nil"}


def _is_left(script: Script, block: Block) -> bool:
    """Tell whether something inside can leave the loop."""
    for index in block.span:
        word = script.text(index)
        if word == "break" and next(script.around(index), None) is block:
            return True
        if word == "return" and block in tuple(script.around(index)):
            return True
    return any(call.path in LEAVES for call in script.calls_in(block.span))


def busy(script: Script) -> Iterator[Hit]:
    """Find loops that neither wait nor end."""
    for block in script.blocks:
        if _is_endless(script, block) and not _waits(script, block) and not _is_left(script, block):
            yield script.code[block.start], block.kind


def polling(script: Script) -> Iterator[Hit]:
    """Find loops that may end but hurry."""
    for block in script.blocks:
        if block.kind not in LOOPS or _waits(script, block):
            continue
        if _is_endless(script, block) and not _is_left(script, block):
            continue
        if "rt.command" in script.reach(block.span):
            yield script.code[block.start], block.kind


def _repeated(script: Script) -> Iterator[Call]:
    """Yield the calls that a resident loop makes, directly or through functions."""
    seen: set[int] = set()
    waiting = [block for block in script.blocks if block.kind in LOOPS]
    while waiting:
        for call in script.calls_in(waiting.pop().span):
            if call.index in seen:
                continue
            seen.add(call.index)
            yield call
            waiting += script.functions(call.path)


def logged_command(script: Script) -> Iterator[Hit]:
    """Find repeated commands that each leave a log line."""
    for call in _repeated(script):
        if call.path != "rt.command":
            continue
        second = script.texts(call.arguments[1]) if len(call.arguments) > 1 else ['"on"']
        if second in (['"on"'], ["'on'"], ["nil"]):
            yield script.code[call.index], "rt.command"


def flash(script: Script) -> Iterator[Hit]:
    """Find repeated writes to flash."""
    for call in _repeated(script):
        first = script.texts(call.arguments[0])[:1] if call.arguments else []
        command = first[0].strip("\"'").strip() if first else ""
        writes = (
            (call.path == "rt.command" and re.match(r"(save|copy|make directory)\b", command))
            or (call.path == "io.open" and script.open_mode(call)[:1] in {"w", "a"})
            or call.path == "os.rename"
        )
        if writes:
            yield script.code[call.index], call.path
