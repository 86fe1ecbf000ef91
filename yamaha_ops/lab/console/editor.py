"""The line editor: typed bytes to lines and keys, with the echo that a terminal sees."""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded

FIDELITY: Final = (
    recorded(
        "CR ends a line; CR LF gives one more, empty, line", "terraform-provider-rtx, netmiko"
    ),
    recorded("A password is not echoed", "REF 56.3.1 and transcripts"),
    documented("? shows help at once, unless after a backslash or in quotes", "REF 1.5"),
    documented("At most 4095 characters a line", "REF 1.5"),
    documented("Ctrl-S holds output while input still runs, Ctrl-Q lets it go", "REF 2.1.1"),
    documented("Ctrl-C gives the line up, Ctrl-R draws it again", "REF 4.24"),
    assumed(
        "Characters over 4095 are not taken and not echoed", "the limit's effect is not stated"
    ),
    assumed("The echo of a long line is not broken and not scrolled", "no recording"),
    assumed("TAB completes a word when one way exists, else does nothing", "no recording"),
)

LIMIT: Final = 4095
CTRL_C: Final = 0x03
TAB: Final = 0x09
CTRL_R: Final = 0x12
CTRL_U: Final = 0x15
ERASE: Final = frozenset({0x08, 0x7F})
ENTER: Final = frozenset({0x0D, 0x0A})
BLANK: Final = 0x20
QUESTION: Final = 0x3F
BACKSLASH: Final = 0x5C
QUOTES: Final = frozenset(b"'\"")


class Event(Enum):
    """What a typed byte leads to, besides its echo."""

    NOTHING = auto()
    ENTERED = auto()
    ABORTED = auto()
    HELP = auto()
    REDRAW = auto()
    COMPLETE = auto()


class Editor:
    """The line being typed."""

    __slots__ = ("line",)

    def __init__(self) -> None:
        self.line = bytearray()

    def type(  # noqa: PLR0911 -- a key table reads best as one
        self, byte: int, *, echo: bool
    ) -> tuple[Event, bytes]:
        """Take one byte; return what happened and what the terminal shows for it."""
        if byte in ENTER:
            return Event.ENTERED, b"\r\n"
        if byte == CTRL_C:
            self.line.clear()
            return Event.ABORTED, b"\r\n"
        if byte == TAB and echo:
            return Event.COMPLETE, b""
        if byte == CTRL_R:
            return Event.REDRAW, b"\r\n"
        if byte == CTRL_U:
            shown = b"\b \b" * len(self.line) if echo else b""
            self.line.clear()
            return Event.NOTHING, shown
        if byte in ERASE:
            if not self.line:
                return Event.NOTHING, b""
            del self.line[-1]
            return Event.NOTHING, b"\b \b" if echo else b""
        if byte == QUESTION and echo and not self._protected():
            return Event.HELP, b"?\r\n"
        if byte < BLANK or len(self.line) >= LIMIT:
            return Event.NOTHING, b""
        self.line.append(byte)
        return Event.NOTHING, bytes([byte]) if echo else b""

    def take(self) -> bytes:
        """Return the finished line and start a new one."""
        line = bytes(self.line)
        self.line.clear()
        return line

    def _protected(self) -> bool:
        """Tell whether a ``?`` now belongs to a value: after a backslash, or inside quotes."""
        quote = 0
        skip = False
        for byte in self.line:
            if skip:
                skip = False
            elif byte == BACKSLASH:
                skip = True
            elif quote:
                quote = 0 if byte == quote else quote
            elif byte in QUOTES:
                quote = byte
        return bool(quote) or skip
