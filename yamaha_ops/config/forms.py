"""The documented forms of a command: how many words may follow its key.

A form is what the reference prints: ``[...]`` may be left out, ``...`` may go on, other words are
keywords or names of parameters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.config.table import Slot

_LISTS = ("list", "command")
"""Names of parameters that stand for several words end with one of these."""


def count_values(form: str, slots: Sequence[Slot]) -> tuple[int, int | None] | None:
    """Return fewest and most words (None: no limit) that ``form`` has behind a key.

    None when the form is not one of this key: its keywords are others.
    """
    words, endless = _words(form)
    position = 0
    for slot in slots:
        if slot.literal is not None:
            position = _find(words, slot.literal, position)
            if position < 0:
                return None
        position += 1
    if slots[-1].splits:
        position -= 1
    rest = words[position:]
    return sum(not optional for _, optional in rest), None if endless else len(rest)


def _words(form: str) -> tuple[list[tuple[str, bool]], bool]:
    """Return each word with whether it may be left out, and whether the form may go on."""
    words: list[tuple[str, bool]] = []
    depth = 0
    endless = False
    for word in form.split():
        optional = depth > 0 or word.startswith("[")
        depth += word.count("[") - word.count("]")
        if "..." in word:
            endless = True
        else:
            bare = word.strip("[]")
            endless = endless or bare.endswith(_LISTS)
            words.append((bare, optional))
    return words, endless


def _find(words: list[tuple[str, bool]], literal: str, position: int) -> int:
    """Return where ``literal`` stands, at ``position`` or behind words that may be left out."""
    while position < len(words):
        word, optional = words[position]
        if word == literal:
            return position
        if not optional:
            break
        position += 1
    return -1
