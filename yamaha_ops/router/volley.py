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
_DONE: Final = Step(done=True)


class TypedAheadError(IncompleteOutputError):
    """Answers to commands entered together cannot be told apart; one by one they can."""


class Volley:
    """Several answers while they are being read: a state machine without a clock and a wire.

    It stands in for :class:`~yamaha_ops.router.reading.Answer`; ``done`` means that one more
    answer is whole, and :meth:`next` goes on to the one after it.

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
        self._buffer = bytearray()
        self._looked = 0
        self._answer = -1  # where the answer in hand begins; -1 before its echo
        self._end = -1  # where it ends, once that is known

    @property
    def prompt(self) -> bytes:
        """The prompt that ended the last answer."""
        return self._last.prompt

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return len(self._buffer) if self._marks else self._last.size

    @property
    def body(self) -> bytes:
        """The answer that is whole."""
        return bytes(self._buffer[self._answer : self._end]) if self._marks else self._last.body

    @property
    def gave_up(self) -> bool:
        """Whether the empty lines behind the last command did not come back as they should."""
        return self._last.gave_up

    def take(self, data: bytes | bytearray) -> None:
        """Add what has come."""
        if self._marks:
            self._buffer += data
        else:
            self._last.take(data)

    def next(self) -> None:
        """Go on to the next answer."""
        mark = self._marks.pop()
        if self._marks:
            self._answer = self._looked = self._end - 1 + len(mark)
        else:
            # The machine for single answers reads the last one, echo and all.
            self._last.take(self._buffer[self._end + len(self._prompt) :])

    def step(self, quiet: float) -> Step:
        """Decide what to do after so many seconds of silence."""
        if not self._marks:
            return self._last.step(quiet)
        buffer = self._buffer
        if self._answer < 0:
            if not buffer.startswith(self._echo):
                return WAIT if self._echo.startswith(buffer) else _BROKEN
            self._answer = self._looked = len(self._echo)
        if self._finds_end(buffer, self._marks[-1]):
            answer = self.body
            return _BROKEN if any(sign in answer for sign in self._signs) else _DONE
        if buffer.endswith(self._prompt):
            return Step(wait=FORGOTTEN - quiet) if quiet < FORGOTTEN else _BROKEN
        return _BROKEN if screen.plain(last_line(buffer)) in screen.PAGER_MARKS else WAIT

    def _finds_end(self, buffer: bytearray, mark: bytes) -> bool:
        # The line end before the prompt may be that of the echo: an answer can be empty.
        found = buffer.find(mark, max(self._answer, self._looked - len(mark)) - 1)
        self._looked = len(buffer)
        self._end = found + 1
        return found >= 0
