"""An answer while it is being read: where it starts, where it ends, and what to type meanwhile.

A state machine without a clock and without a wire. See docs/console.md, "Where an answer ends".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from yamaha_ops.router import screen
from yamaha_ops.router.prompt import Prompt, prompt_like

CR: Final = b"\r"
"""What ends a line; CR LF would enter a second, empty one."""

PAUSE: Final = 0.5
"""Seconds of silence after which something unexpected on the last line is believed."""

LOST: Final = 1.0
"""Seconds of silence after which an empty line that was not answered is taken for lost."""

_QUESTION: Final = re.compile(rb"[^\r\n]*(?:\([Yy]/[Nn]\)|[Pp]assword ?:|Username:)\s*$")
_LINE_END: Final = re.compile(rb"\r*\n|\r+")


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer when the router asks in the middle of a command.

    Attributes:
        question: Matched against the last line on the screen.
        text: The answer; it never appears in an error, a log or a representation.
        key: Whether one key is enough; Enter follows only where the router waits for it.
    """

    question: re.Pattern[bytes]
    text: bytes = field(repr=False)
    key: bool = False


def password(text: str) -> Reply:
    """Answer a password question; the text is ASCII, as is all input of the console."""
    return Reply(re.compile(rb"[Pp]assword ?: ?$"), text.encode("ascii"))


def yes_or_no(answer: str) -> Reply:
    """Answer a ``(Y/N)`` question with ``Y`` or ``N``."""
    return Reply(re.compile(rb"\([Yy]/[Nn]\)\s*$"), answer.encode("ascii"), key=True)


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next while an answer is being read."""

    wait: float = float("inf")
    send: bytes = b""
    done: bool = False
    question: bytes = b""
    broken: bool = False


WAIT: Final = Step()
"""There is nothing to do before more comes."""


class Answer:
    """An answer while it is being read: a state machine without a clock and without a wire.

    Args:
        line: What is entered, without its line end.
        prompt: The prompt in force.
        replies: Answers to the router's questions.
        ahead: Whether the empty lines of the proof are entered together with the line. The
            prompts that they bring must then stand in a row at the end; when they do not, in a
            second's time, the end is proved as always.
    """

    def __init__(
        self, line: bytes, prompt: Prompt | None, replies: list[Reply], *, ahead: bool = False
    ) -> None:
        self._line = line
        self._known = prompt
        self._replies = replies
        self._buffer = bytearray()
        self.prompt = b""
        self._start: int | None = None  # where the answer starts, behind late prompts and the echo
        self._end: int | None = None  # where the answer ends if the prompt in sight is real
        self._owed = 0  # empty lines entered whose prompts have not come back
        self._probed: int | None = None  # size of the buffer when they were entered
        self._proofs = 0  # how often the prompt in sight has answered an empty line
        self._fresh = False  # whether they were entered at the prompt in sight
        self._grace = PAUSE
        self._turned = -1  # size of the buffer when the page was turned by us
        self._eaten = -1  # ... when the page was turned by an empty line of ours
        self._replied = -1  # where the line starts whose question was answered
        self._enter = False  # whether an Enter may have to follow the answer
        self._row = b""  # the prompts that end it, where their empty lines were typed ahead
        self._ahead = ahead
        self.gave_up = False  # whether what was typed ahead did not come back as it should
        if ahead and prompt is not None:
            self._owed = _proofs_of(prompt.text)
            self._row = (prompt.text + b"\r\n") * self._owed + prompt.text

    @property
    def typed(self) -> bytes:
        """What to enter: the line, and the empty lines that go with it."""
        return self._line + CR + (CR * self._owed if self._row else b"")

    @property
    def until(self) -> bytes:
        """The prompts that end the answer, where they are known."""
        return self._row

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return len(self._buffer)

    @property
    def body(self) -> bytes:
        """The answer without its prompt."""
        return bytes(self._buffer[self._start or 0 : self._end])

    def take(self, data: bytes | bytearray) -> None:
        """Add what has come."""
        self._buffer += data

    def step(self, quiet: float) -> Step:
        """Decide what to do after so many seconds of silence."""
        if self._start is None and (self._buffer or not self._line):
            self._start = _after_echo(self._buffer, self._line, self._known)
        if self._start is None:
            # What comes before the echo are prompts that earlier empty lines left behind.
            return WAIT
        if self._row and (step := self._judge_row(quiet)):
            return step
        return self._judge_probe(quiet) or self._look(quiet)

    def _judge_row(self, quiet: float) -> Step | None:
        """Judge by the prompts of empty lines that were typed ahead; None gives them up."""
        if self._buffer.endswith(self._row):
            end = len(self._buffer) - len(self._row)
            if end == self._start or self._buffer[end - 1] == ord("\n"):
                assert self._known is not None  # noqa: S101 -- so where there is a row
                self.prompt, self._end, self._owed = self._known.text, end, 0
                return Step(done=True)
        tail = screen.plain(last_line(self._buffer))
        if tail in screen.PAGER_MARKS:
            # It takes them for "one more line", or forgets them: what is left proves nothing.
            self._row = b""
            return None
        if quiet < LOST:
            return Step(wait=LOST - quiet)
        if prompt_like(tail):
            self._row, self.gave_up = b"", True
            assert self._known is not None  # noqa: S101 -- as above
            spare = self._known.text * self._owed
            if tail == spare + self._known.text:
                # Its line ends were shown when they were typed, so its prompts share a line.
                del self._buffer[-len(spare) :]
                self._owed = 0
        return None

    def _look(self, quiet: float) -> Step:
        self._judge_eaten()
        line = last_line(self._buffer)
        tail = screen.plain(line)
        if prompt := prompt_like(tail):
            return self._probe(prompt, len(line), quiet)
        if tail in screen.PAGER_MARKS:
            return self._turn_page(quiet)
        if self._enter and quiet >= PAUSE:
            self._enter = False
            return Step(send=CR)
        asked = self._replied != len(self._buffer) - len(line)
        if asked and self._replies and self._replies[0].question.search(tail):
            self._replied = len(self._buffer) - len(line)
            return self._reply()
        return self._wait_for_text(tail, quiet, asked=asked)

    def _judge_probe(self, quiet: float) -> Step | None:
        if self._probed is None:
            return None
        rest = screen.plain(bytes(self._buffer[self._probed :]))
        found = prompts_in(rest, self.prompt)
        if found is None:
            # Not a prompt but a line of the answer. The empty lines will be answered later.
            self._probed = self._end = None
            self._proofs = 0
            return None
        seen, whole = found
        if not whole:
            return WAIT
        if seen >= self._owed or (seen and quiet >= LOST):
            self._owed, self._probed, self._grace = 0, None, PAUSE
            self._proofs += self._fresh
            return Step(done=True) if self._proofs >= self._proofs_needed() else None
        if seen or quiet < self._grace:
            return Step(wait=(LOST if seen else self._grace) - quiet)
        # Silence: the router may have lost it (it does right after the banner) or be slow. Ask
        # again, ever less eagerly, and expect them all back.
        self._grace *= 2
        self._owed += 1
        return Step(send=CR, wait=self._grace)

    def _proofs_needed(self) -> int:
        """A bare mark may well be a line of text, and a prompt that was not there before is."""
        if self._known is None:
            return 1  # no line of a banner is a prompt, and each answer after it is proved anyway
        if self._known.text == self.prompt:
            return _proofs_of(self.prompt)
        return 2 if self._known.recognises(self.prompt) else 3

    def _probe(self, prompt: bytes, length: int, quiet: float) -> Step:
        familiar = self._known is None or self._known.recognises(prompt)
        if not familiar and quiet < PAUSE:
            return Step(wait=PAUSE - quiet)
        self.prompt = prompt
        if self._end is None:
            self._end = len(self._buffer) - length
            if self._ahead:
                self._count_back(prompt + b"\r\n")
        self._probed = len(self._buffer)
        self._fresh = self._owed == 0
        if not self._fresh:
            return Step(wait=self._grace)
        self._owed = 1
        return Step(send=CR, wait=self._grace)

    def _count_back(self, row: bytes) -> None:
        """Take bare prompts above the last one for those of empty lines typed ahead."""
        end = self._end or 0
        while self._owed and self._buffer.endswith((b"\n" + row), self._start, end):
            end -= len(row)
            self._owed -= 1
        self._end = end

    def _turn_page(self, quiet: float) -> Step:
        here = len(self._buffer)
        if self._turned == here:
            return WAIT
        if self._owed and self._eaten != here:
            # An empty line of ours is on its way; the pager takes it for "one more line".
            self._owed -= 1
            self._eaten = here
            return Step(wait=PAUSE)
        if self._eaten == here and quiet < PAUSE:
            return Step(wait=PAUSE - quiet)
        self._turned = here
        return Step(send=b" ")

    def _judge_eaten(self) -> None:
        """Take back that the pager took an empty line, if what looked like its mark was text.

        The pager overwrites its mark where it stands; behind a text comes a line end.
        """
        if self._eaten >= 0 and self._buffer.startswith(b"\r\n", self._eaten):
            self._eaten = -1
            self._owed += 1

    def _reply(self) -> Step:
        reply = self._replies.pop(0)
        self._enter = reply.key
        return Step(send=reply.text if reply.key else reply.text + CR, wait=PAUSE)

    def _wait_for_text(self, tail: bytes, quiet: float, *, asked: bool) -> Step:
        if self._known is None and not self._owed:
            # At login the prompt may wait for a first Enter (REF 2.1.5).
            if quiet < self._grace:
                return Step(wait=self._grace - quiet)
            self._owed = 1
            return Step(send=CR)
        if asked and _QUESTION.fullmatch(tail):
            return Step(question=tail) if quiet >= 2 * PAUSE else Step(wait=2 * PAUSE - quiet)
        return Step(wait=PAUSE - quiet) if self._enter else Step()


def _proofs_of(prompt: bytes) -> int:
    return 2 if len(prompt) == len(b"# ") else 1


def last_line(data: bytes | bytearray) -> bytes:
    """Return what stands behind the last line end."""
    return bytes(data[max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 :])


def prompts_in(text: bytes, prompt: bytes) -> tuple[int, bool] | None:
    """Count the prompts in a text that is nothing but prompts, each on a line of its own.

    Returns the count and whether the last one is whole (else it is still coming), or None when
    there is any other text. Blanks after a prompt were typed by us.
    """
    head, *lines = _LINE_END.split(text)
    if head.strip(b" ") or any(line.rstrip(b" ") != prompt.rstrip(b" ") for line in lines[:-1]):
        return None
    last = lines[-1] if lines else b""
    if last.startswith(prompt) and not last[len(prompt) :].strip(b" "):
        return len(lines), True
    return (max(0, len(lines) - 1), not lines) if prompt.startswith(last) else None


def _after_echo(buffer: bytearray, line: bytes, prompt: Prompt | None) -> int | None:
    """Return where the answer to a line starts, or None while only its echo can have come.

    The line editor may break or redraw what it echoes, so blanks, line ends and backspaces do not
    count. What is not the echo belongs to the answer: a visible remainder is better than a gap.
    """
    if prompt is None or not line:
        return 0
    if buffer.startswith(line + b"\r\n"):
        return len(line) + 2
    late = re.compile(rb"(?:[ \r\n]*" + re.escape(prompt.text) + rb")*").match(buffer)
    start = position = late.end() if late else 0
    if prompt.text.startswith(buffer[start:].lstrip(b" \r\n")):
        return None
    for wanted in line.replace(b" ", b""):
        while position < len(buffer) and buffer[position] in b" \r\n\b":
            position += 1
        if position == len(buffer):
            return None
        if buffer[position] != wanted:
            return start
        position += 1
    rest = re.compile(rb" *\r*\n").match(buffer, position)
    return rest.end() if rest else None
