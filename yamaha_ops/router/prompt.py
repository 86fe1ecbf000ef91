"""The prompt: ``<console prompt><context>`` then ``>`` or ``#`` then one blank (REF 4.20, 56.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CONTEXT: Final = rb"(?:(?:pp|tunnel|switch|ap)[\w:.,/-]*)?"
_CONTEXT_END: Final = re.compile(_CONTEXT + rb"$")
_LONGEST: Final = 64 + 32
"""REF 4.20 allows 64 characters of one's own; the rest is for the context."""
_ANY: Final = re.compile(rb"([^\r\n]{0,%d}[>#] ) *" % _LONGEST)


def prompt_like(line: bytes) -> bytes | None:
    """Return the prompt that a line could be, without blanks that were typed after it."""
    match = _ANY.fullmatch(line)
    return match[1] if match else None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt as the router prints it.

    Attributes:
        text: The whole prompt, blank included.
        base: What ``console prompt`` puts in front; empty by default.
    """

    text: bytes
    base: bytes

    @classmethod
    def at_login(cls, text: bytes) -> Prompt:
        """Learn the first prompt of a session, which has no context."""
        return cls(text, text[:-2])

    def next(self, text: bytes) -> Prompt:
        """Learn the prompt after a command, which may have changed any part of it."""
        if self.recognises(text):
            return Prompt(text, self.base)
        return Prompt(text, _CONTEXT_END.sub(b"", text[:-2], count=1))

    def recognises(self, line: bytes) -> bool:
        """Tell whether a line is this router's prompt, in any context and at either level."""
        rest = line.removeprefix(self.base) if line.startswith(self.base) else b"\n"
        return re.fullmatch(_CONTEXT + rb"[>#] ", rest) is not None

    @property
    def administrator(self) -> bool:
        """Whether the router is at administrator level."""
        return self.text.endswith(b"# ")

    @property
    def context(self) -> str:
        """The selected context: empty, ``pp1``, ``tunnel1`` ..."""
        return self.text[len(self.base) : -2].decode("ascii", "replace")
