"""Lines that this router would refuse."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from yamaha_ops.config.check.finding import Circumstances, Finding
from yamaha_ops.config.contexts import split_context
from yamaha_ops.config.secrets import mask
from yamaha_ops.config.wrapping import cells
from yamaha_ops.firmware import Revision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration
    from yamaha_ops.config.setting import Setting

TABLE_MODEL = "RTX830"
"""The model whose commands the table knows one by one."""
LONGEST_LINE = 4095
_UNLICENSED = {"pp": 30, "tunnel": 20}
"""PP and tunnel numbers an RTX830 has without YSL-VPN-EX1 (REF 1.6, 1.8)."""
_SHOWN = 60
_REMEDIES = {
    "unknown": "correct the spelling; 'COMMAND ?' on the router shows what it knows",
    "form": "compare it with the command reference, or ask the router with 'COMMAND ?'",
    "context": "put it behind the 'pp select' or 'tunnel select' it belongs to",
}


def check_lines(configuration: Configuration, _: Circumstances) -> Iterator[Finding]:
    """Find lines that no router understands, that a later one undoes, or that are too long."""
    for warning in configuration.warnings:
        remedy = _REMEDIES[warning.code]
        yield Finding(warning.code, warning.line, warning.text, warning.reason, remedy)
    for number, before in configuration.overwritten:
        later = configuration.places[before.key]
        reason = f"line {later} says it again, differently: only the last one counts"
        yield Finding("overwritten", number, mask(before.line), reason, "say it once")
    for line in configuration.lines:
        length = cells(line.text)
        if length > LONGEST_LINE:
            shown = f"{mask(line.text.strip())[:_SHOWN]} ..."
            reason = f"{length} characters; a console takes {LONGEST_LINE}"
            yield Finding(
                "line-length", line.number, shown, reason, "split it, or shorten the list"
            )


def check_model(configuration: Configuration, where: Circumstances) -> Iterator[Finding]:
    """Find commands and values that the model or its revision does not have."""
    if where.model != TABLE_MODEL:
        return
    for key, setting in configuration.settings.items():
        line = configuration.places[key]
        since = setting.entry.since
        if since == "-":
            reason = f"the {where.model} has no '{setting.entry.template}'"
            yield Finding("model", line, mask(setting.line), reason, "leave it out")
            continue
        needed = _needed(setting) if since == "*" else since
        if needed and where.revision and where.revision < Revision.parse(needed):
            reason = f"it needs Rev.{needed}; the router runs Rev.{where.revision}"
            remedy = "update the firmware, or leave it out"
            yield Finding("firmware", line, mask(setting.line), reason, remedy)
    yield from _check_numbers(configuration)


def _check_numbers(configuration: Configuration) -> Iterator[Finding]:
    seen: set[str] = set()
    for key, setting in configuration.settings.items():
        if not key.context or key.context in seen:
            continue
        seen.add(key.context)
        kind, number = split_context(key.context)
        most = _UNLICENSED.get(kind)
        if most and number.isdecimal() and int(number) > most:
            reason = f"{kind} {number}: without the licence YSL-VPN-EX1 numbers end at {most}"
            remedy = "use a smaller number, or import the licence"
            yield Finding("number", configuration.places[key], setting.line, reason, remedy)


class _Gate(NamedTuple):
    line: re.Pattern[str]
    since: str


@cache
def _gates() -> list[_Gate]:
    """Read the values that came later than their command."""
    table = files("yamaha_ops.config").joinpath("data/values.tsv").read_text(encoding="utf-8")
    rows = (row.split("\t") for row in table.splitlines()[1:])
    return [_Gate(re.compile(line), since) for line, since, _ in rows]


def _needed(setting: Setting) -> str | None:
    found = [gate.since for gate in _gates() if gate.line.match(setting.line)]
    return max(found, default=None)
