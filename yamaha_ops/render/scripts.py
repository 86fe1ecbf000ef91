"""The configuration's part of a router's scripts: their settings, and when they start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.inventory.secret import Secret
from yamaha_ops.render import numbers
from yamaha_ops.render.gates import demand
from yamaha_ops.render.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from yamaha_ops.inventory import Router
    from yamaha_ops.inventory.scripts import Script

_SCHEDULE = re.compile(r"\s*schedule at (\d+) ")


@dataclass(frozen=True, slots=True)
class Setting:
    """A router variable and its value: plain or secret, one of the two."""

    name: str
    plain: str | None
    secret: Secret | None
    because: str


@dataclass(frozen=True, slots=True)
class Start:
    """A script: where it lies, and when it starts."""

    number: int
    file: str
    """Its bare name, ``mape-watch.lua``."""
    path: str
    wish: Script
    because: str


def settings(router: Router) -> tuple[Setting, ...]:
    """Return the variables of all scripts, each once, by name."""
    found: dict[str, Setting] = {}
    for script, wish in router.scripts.items():
        for name, setting in wish.variables.items():
            value = setting.value
            plain, secret = (None, value) if isinstance(value, Secret) else (value, None)
            because = f"scripts.{script}.variables.{name}"
            found.setdefault(name, Setting(name, plain, secret, because))
    return tuple(found[name] for name in sorted(found))


def starts(router: Router) -> tuple[Start, ...]:
    """Return the scripts in the order of their schedules' numbers.

    Raises:
        RenderError: The firmware keeps no files in its configuration.
    """
    used = {int(row[1]) for line in router.extra if (row := _SCHEDULE.match(str(line)))}
    number = numbers.by_words(numbers.SCRIPT, router.scripts, numbers.SCRIPT_SPAN, used=used)
    for name, wish in router.scripts.items():
        if wish.embedded:
            demand("embedded file", f"scripts.{name}.via embedded", router)
    found = (
        Start(number[name], f"{name}.lua", wish.path(name), wish, f"scripts.{name}")
        for name, wish in router.scripts.items()
    )
    return tuple(sorted(found, key=lambda each: each.number))


def embedded_lines(source: str) -> list[str]:
    """Return what of a script is typed into ``embedded file``: lines of comments stay behind.

    A comment of many lines goes whole: its first line does not say where it ends.
    """
    return [line for line in source.splitlines() if line.strip() and not _is_comment(line)]


def _is_comment(line: str) -> bool:
    text = line.lstrip()
    return text.startswith("--") and not text.startswith(("--[[", "--[="))


def read(path: Path) -> tuple[Words, ...]:
    """Return the lines of a script's file, for a template.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not ASCII.
    """
    return tuple(map(Words, embedded_lines(path.read_text(encoding="ascii"))))
