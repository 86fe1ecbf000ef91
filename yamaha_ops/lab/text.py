"""Small texts that several answers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yamaha_ops.lab.view import View


def description(view: View, interface: str) -> str:
    """Return what ``description INTERFACE`` says, or nothing."""
    words = view.first("description", interface)
    return " ".join(words) if words else ""


def counted(number: int, word: str) -> str:
    """``0 packet``, ``1 packet``, ``10 packets``: the router's plural begins at 2 (transcripts)."""
    return f"{number} {word}{'' if number < 2 else 's'}"  # noqa: PLR2004 -- the plural
