"""Calls that harm the router, do nothing, or are not what they seem."""

from __future__ import annotations

from posixpath import basename
from typing import TYPE_CHECKING

from yamaha_ops.scripts.check.origins import HOSTILE, Origins
from yamaha_ops.scripts.check.tokens import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.scripts.check.structure import Call, Hit, Script

_WITH_TIME_LIMIT = 3
"""Arguments of ``rt.syslogwatch(pattern, lines, seconds)``."""


def self_termination(script: Script) -> Iterator[Hit]:
    """Find what may stop the task that says it."""
    for index, token in enumerate(script.code):
        words = token.value.split() if token.kind is Kind.STRING else []
        whole = ".." not in {script.text(index - 1), script.text(index + 1)}
        other = whole and words[2:3] == ["file"] and basename(words[-1]) != script.name
        if (words[:2] == ["terminate", "lua"] and not other) or words == ["lua", "use", "off"]:
            yield token, " ".join(words)


def _outside(script: Script, *, hostile: bool) -> Iterator[Hit]:
    origins = Origins(script)
    for call in script.calls:
        if call.path in {"rt.command", "loadstring"} and call.arguments:
            origin = origins.of(call.arguments[0])
            if origin is not None and (origin in HOSTILE) is hostile:
                yield script.code[call.index], origin


def command_from_outside(script: Script) -> Iterator[Hit]:
    """Find commands and code built from what anybody may send."""
    return _outside(script, hostile=True)


def command_from_setting(script: Script) -> Iterator[Hit]:
    """Find commands and code built from what the router's administrator sets."""
    return _outside(script, hostile=False)


def file_append(script: Script) -> Iterator[Hit]:
    """Find files opened to append."""
    for call in script.calls:
        if call.path == "io.open" and script.open_mode(call).startswith("a"):
            yield script.code[call.index], script.open_mode(call)


def prints(script: Script) -> Iterator[Hit]:
    """Find output to a console that a scheduled task does not have."""
    for call in script.calls:
        if call.path in {"print", "io.write"} and not script.functions(call.path):
            yield script.code[call.index], call.path


def syslog_arguments(script: Script) -> Iterator[Hit]:
    """Find log calls with a missing text or an unknown level."""
    for call in script.calls:
        if call.path == "rt.syslog":
            first = script.texts(call.arguments[0]) if call.arguments else []
            word = first[0].strip("\"'") if len(first) == 1 and first[0][:1] in "\"'" else "info"
            if len(call.arguments) < 2 or word not in {"info", "notice", "debug"}:  # noqa: PLR2004 -- level and text
                yield script.code[call.index], "rt.syslog"


def watch_truth(script: Script) -> Iterator[Hit]:
    """Find conditions that take 0 for false."""
    for call in script.calls:
        if call.path != "rt.syslogwatch":
            continue
        if script.text(call.index - 3) in {"if", "while", "not"}:
            yield script.code[call.index], call.path
        elif len(call.arguments) == _WITH_TIME_LIMIT:
            yield from _taken_for_true(script, call)


def _taken_for_true(script: Script, call: Call) -> Iterator[Hit]:
    """Find ``if n then`` where ``n`` is the count that a watch with a time limit returned."""
    equals = call.index - 3
    names = script.listed(equals, -1) if script.text(equals) == "=" else []
    if not names:
        return
    count = script.text(names[-1])
    for index in range(call.index, len(script.code)):
        row = [word for word in script.texts(range(index, index + 5)) if word not in {"(", ")"}]
        if row[:1] == ["if"] and row[1:3] == [count, "then"]:
            yield script.code[index], call.path


def http_request(script: Script) -> Iterator[Hit]:
    """Find request fields and methods that are not there."""
    for call in script.calls:
        if call.path != "rt.httprequest":
            continue
        for index in (index for argument in call.arguments for index in argument):
            if not script.names_field(index):
                continue
            value = script.code[index + 2]
            method = value.value if value.kind is Kind.STRING else "GET"
            if script.text(index) == "headers":
                yield script.code[index], "headers"
            elif script.text(index) == "method" and method not in {"GET", "HEAD", "POST"}:
                yield value, f"method {method}"
