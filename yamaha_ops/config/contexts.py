"""Contexts: the PP, tunnel or switch that a line is about."""

from __future__ import annotations

import re

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


def natural(text: str) -> list[tuple[int, str]]:
    """Return a sort key that puts ``lan10`` behind ``lan9``."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", text)
    ]
