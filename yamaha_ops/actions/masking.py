"""Secrets in text that a router prints: at the beginning of a line, and inside of one.

``syslog execute command on`` and ``show command history`` repeat typed commands, passwords
included, behind a date or a number (REF 4.36, 59.8).
"""

from __future__ import annotations

import re
from typing import Final

from yamaha_ops.config import mask

_WORD: Final = re.compile(r"(?<!\S)[a-z]")


def mask_text(text: str) -> str:
    """Return a text with the secrets of every command in it replaced by ``*``."""
    return "\n".join(map(_mask_line, text.split("\n")))


def _mask_line(line: str) -> str:
    for word in _WORD.finditer(line):
        start = word.start()
        masked = mask(line[start:])
        if masked != line[start:]:
            return line[:start] + masked
    return line
