"""Commands that are entered in one packet, and whether their answers are beyond doubt.

Each answer but the last must end with the prompt and the echo of the next command, whole and on a
line of their own; the last ends as an answer to a single command does. Where that is not so (the
pager took letters for keys, the router echoed before it read, or forgot what was typed ahead), what
came is nobody's answer: nothing is guessed, and the session is of no more use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import IncompleteOutputError
from yamaha_ops.router import screen
from yamaha_ops.router.reading import CR, WAIT, Answer, Step, last_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.router.prompt import Prompt

CRLF: Final = b"\r\n"

FORGOTTEN: Final = 3.0
"""Seconds of silence behind a prompt after which the next command is taken for forgotten."""

_BROKEN: Final = Step(broken=True)


class TypedAheadError(IncompleteOutputError):
    """Answers to commands entered together cannot be told apart; one by one they can."""


class Volley:
    """Several answers while they are being read: a state machine without a clock and a wire.

    To :class:`~yamaha_ops.router.dialogue.Dialogue` it is what an
    :class:`~yamaha_ops.router.reading.Answer` is.

    Args:
        lines: What is entered, without line ends; at least two.
        prompt: The prompt in force.
    """

    def __init__(self, lines: Sequence[bytes], prompt: Prompt) -> None:
        first, *others = lines
        self._last = Answer(lines[-1], prompt, [], ahead=True)
        self.typed = b"".join(line + CR for line in lines[:-1]) + self._last.typed
        self._prompt = prompt.text
        self._echo = first + CRLF
        # Each of these ends one answer and begins the next.
        self._marks = [b"\n" + prompt.text + line + CRLF for line in reversed(others)]
        # None of these is in an answer of a console that reads before it echoes and has no pager.
        self._signs = (*(line + CRLF for line in others), *screen.PAGER_MARKS)
        self._whole: list[bytes] = []
        self._buffer = bytearray()  # from the line end of the echo on, once that has come
        self._begun = False
        self._looked = 0

    @property
    def bodies(self) -> list[bytes]:
        """The answers."""
        return [*self._whole, self._last.body]

    @property
    def prompt(self) -> bytes:
        """The prompt that ended the last answer."""
        return self._last.prompt

    @property
    def until(self) -> bytes:
        """The prompts that end the last answer, where they are known."""
        return self._last.until

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return sum(map(len, self._whole)) + len(self._buffer) + self._last.size

    @property
    def gave_up(self) -> bool:
        """Whether the empty lines behind the last command did not come back as they should."""
        return self._last.gave_up

    def take(self, data: bytes) -> None:
        """Add what has come."""
        if self._marks:
            self._buffer += data
        else:
            self._last.take(data)

    def step(self, quiet: float) -> Step:
        """Decide what to do after so many seconds of silence."""
        buffer = self._buffer
        if not self._begun:
            if not buffer.startswith(self._echo):
                return WAIT if self._echo.startswith(buffer) else _BROKEN
            del buffer[: len(self._echo) - 1]
            self._begun = True
        while self._marks:
            found = buffer.find(self._marks[-1], self._looked)
            if found < 0:
                self._looked = max(0, len(buffer) - len(self._marks[-1]))
                return self._unended(quiet)
            answer = bytes(buffer[1 : found + 1])
            if any(sign in answer for sign in self._signs):
                return _BROKEN
            self._go_on(answer, found)
        return self._last.step(quiet)

    def _go_on(self, answer: bytes, end: int) -> None:
        self._whole.append(answer)
        mark = self._marks.pop()
        if self._marks:
            del self._buffer[: end + len(mark) - 1]
        else:
            # The machine for single answers reads the last one, echo and all.
            self._last.take(self._buffer[end + 1 + len(self._prompt) :])
            self._buffer.clear()
        self._looked = 0

    def _unended(self, quiet: float) -> Step:
        if self._buffer.endswith(self._prompt):
            return Step(wait=FORGOTTEN - quiet) if quiet < FORGOTTEN else _BROKEN
        return _BROKEN if screen.plain(last_line(self._buffer)) in screen.PAGER_MARKS else WAIT
