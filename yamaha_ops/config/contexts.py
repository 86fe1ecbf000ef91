"""Contexts: the PP, tunnel or switch that a line is about."""

from __future__ import annotations

import re

_NUMBERS = re.compile(r"(\d+| )")
_KINDS = ("tunnel", "pp", "switch", "ap")


def heading(context: str) -> str:
    """Return the command that selects ``context``: ``tunnel1`` is ``tunnel select 1``."""
    name, number = split_context(context)
    return f"{name} select {number}"


def split_context(context: str) -> tuple[str, str]:
    """Return kind and number of a context: ``tunnel1`` is ``("tunnel", "1")``."""
    for name in _KINDS:
        if context.startswith(name):
            return name, context.removeprefix(name)
    raise ValueError(context)


Natural = list[tuple[bool, int, str]]


def natural(text: str) -> Natural:
    """Return a sort key that puts ``lan10`` behind ``lan9`` and words before numbers."""
    parts = (part for part in _NUMBERS.split(text) if part)
    return [(True, int(part), "") if part.isdecimal() else (False, 0, part) for part in parts]
