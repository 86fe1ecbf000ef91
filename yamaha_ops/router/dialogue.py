"""One question, one whole answer: where an answer ends, and how that is proved.

The prompt of a factory router is exactly ``> `` or ``# ``, and ``# `` also begins every comment
line of ``show config``. The network may pause anywhere, so neither a prompt at the end of what has
come nor a quiet time proves anything. What proves it is an answer: an empty line is entered, and
the router must reply with nothing but the same prompt again. Other text means that the first one
was a line of the answer; reading goes on.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import ConnectError, ConsoleError, IncompleteOutputError
from yamaha_ops.router import screen
from yamaha_ops.router.prompt import Prompt, prompt_like

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from yamaha_ops.router.wire import Wire

CR: Final = b"\r"
"""What ends a line; CR LF would enter a second, empty one."""

PAUSE: Final = 0.5
"""Seconds of silence after which something unexpected on the last line is believed."""

TRICKLE: Final = 20
"""An answer may take so many times its longest silence in total, and not longer."""

_QUESTION: Final = re.compile(rb"[^\r\n]*(?:\([Yy]/[Nn]\)|[Pp]ass_?[Ww]ord ?:|Username:)\s*$")
_LINE_END: Final = re.compile(rb"[\r\n]")


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


class Dialogue:
    """A console in step with us: every exchange begins and ends at a prompt.

    Args:
        wire: The byte stream.
        name: The router's name, for errors.
        clock: Seconds that never go back.
    """

    def __init__(self, wire: Wire, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._wire = wire
        self._name = name
        self._clock = clock
        self._prompt: Prompt | None = None
        self._in_step = True

    @property
    def prompt(self) -> Prompt:
        """The prompt that ended the last exchange."""
        if self._prompt is None:
            raise ConsoleError("the router has shown no prompt yet", router=self._name)
        return self._prompt

    @property
    def in_step(self) -> bool:
        """Whether the last exchange came to its end; if not, nothing more can be asked."""
        return self._in_step

    def begin(self, patience: float) -> bytes:
        """Wait for the first prompt and return the banner before it."""
        return self._read(b"", patience, ())

    def ask(self, line: bytes, *, patience: float, replies: Iterable[Reply] = ()) -> bytes:
        """Enter a line and return the whole answer: no echo, no prompt, pager marks still in it.

        Args:
            line: The command without its line end.
            patience: The longest silence to bear, in seconds.
            replies: Answers to the router's questions, each used once, in this order.

        Raises:
            IncompleteOutputError: No proven end came in time.
            ConsoleError: The router asked something that no reply fits, or the dialogue is out
                of step.
            ConnectError: The line was lost.
        """
        self._discard_prompts()
        before = self.prompt
        body = self._read(line + CR, patience, tuple(replies))
        return without_echo(body, line, before.text)

    def leave(self, line: bytes, *, patience: float, replies: Iterable[Reply] = ()) -> None:
        """Enter a line that ends the session and wait until the router hangs up."""
        self._in_step = False
        waiting = list(replies)
        try:
            self._wire.send(line + CR)
            seen, deadline = b"", self._clock() + patience
            while (left := deadline - self._clock()) > 0:
                seen = (seen + self._wire.receive(left))[-256:]
                if waiting and waiting[0].question.search(_last_line(seen)):
                    self._wire.send(waiting.pop(0).text + CR)
        except (EOFError, OSError):
            return

    def _discard_prompts(self) -> None:
        """Take prompts that came late out of the way; refuse to go on after any other text."""
        if not self._in_step:
            raise ConsoleError(
                "this session is out of step after a failed exchange and cannot be used",
                router=self._name,
                hint="open a new session",
            )
        stale = b""
        try:
            while more := self._wire.receive(0.0):
                stale += more
        except (EOFError, OSError) as error:
            raise self._lost() from error
        if stale and _prompts_in(stale, self.prompt.text) is None:
            self._in_step = False
            raise ConsoleError(
                "the router sent text that no command asked for",
                router=self._name,
                hint="`console info on` does that; open a new session",
            )

    def _read(self, typed: bytes, patience: float, replies: Sequence[Reply]) -> bytes:
        self._in_step = False
        if typed:
            self._send(typed)
        answer = _Answer(self._prompt, list(replies))
        start = last = self._clock()
        while True:
            now = self._clock()
            step = answer.step(now - last)
            if step.send:
                self._send(step.send)
            if step.done:
                break
            left = min(patience - (now - last), patience * TRICKLE - (now - start))
            if left <= 0 or step.question:
                raise self._unfinished(answer, step.question)
            try:
                data = self._wire.receive(min(left, step.wait))
            except (EOFError, OSError) as error:
                raise self._lost(answer) from error
            if data:
                answer.take(data)
                last = self._clock()
        text = answer.prompt
        self._prompt = self._prompt.next(text) if self._prompt else Prompt.at_login(text)
        self._in_step = True
        return answer.body

    def _unfinished(self, answer: _Answer, question: bytes) -> ConsoleError:
        if question:
            return ConsoleError(
                "the router asks a question that nothing here answers",
                router=self._name,
                output=_readable(question),
                hint="the session was given up; nothing was answered",
            )
        return IncompleteOutputError(
            "the answer did not end with a prompt in time and was thrown away "
            f"({answer.size} bytes had come)",
            router=self._name,
        )

    def _send(self, data: bytes) -> None:
        try:
            self._wire.send(data)
        except OSError as error:
            raise self._lost() from error

    def _lost(self, answer: _Answer | None = None) -> ConnectError:
        self._in_step = False
        said = answer.body if answer and self._prompt is None else b""
        return ConnectError(
            "the router closed the connection",
            router=self._name,
            output=_readable(said) or None,
        )


@dataclass(frozen=True, slots=True)
class _Step:
    """What to do next while an answer is being read."""

    wait: float = float("inf")
    send: bytes = b""
    done: bool = False
    question: bytes = b""


class _Answer:
    """An answer while it is being read: a state machine without a clock and without a wire."""

    def __init__(self, prompt: Prompt | None, replies: list[Reply]) -> None:
        self._known = prompt
        self._replies = replies
        self._buffer = bytearray()
        self.prompt = b""
        self._end: int | None = None  # where the answer ends if the prompt in sight is real
        self._owed = 0  # empty lines entered whose prompts have not come back
        self._probed: int | None = None  # size of the buffer when they were entered
        self._fresh = False  # whether they were entered at the prompt in sight
        self._grace = PAUSE
        self._turned = -1  # size of the buffer when the page was turned by us
        self._eaten = -1  # ... when the page was turned by an empty line of ours
        self._replied = -1  # ... when a question was answered
        self._enter = False  # whether an Enter may have to follow the answer

    @property
    def size(self) -> int:
        """Bytes that have come."""
        return len(self._buffer)

    @property
    def body(self) -> bytes:
        """The answer without its prompt."""
        return bytes(self._buffer[: self._end])

    def take(self, data: bytes) -> None:
        """Add what has come."""
        self._buffer += data
        self._grace = PAUSE

    def step(self, quiet: float) -> _Step:
        """Decide what to do after so many seconds of silence."""
        if self._probed is not None:
            step = self._judge_probe(quiet)
            if step:
                return step
        line = _last_line(self._buffer)
        tail = screen.plain(line)
        if prompt := prompt_like(tail):
            return self._probe(prompt, len(line), quiet)
        if tail in screen.PAGER_MARKS:
            return self._turn_page(quiet)
        if self._enter and quiet >= PAUSE:
            self._enter = False
            return _Step(send=CR)
        asked = self._replied != len(self._buffer)
        if asked and self._replies and self._replies[0].question.search(tail):
            return self._reply()
        return self._wait_for_text(tail, quiet, asked=asked)

    def _judge_probe(self, quiet: float) -> _Step | None:
        rest = screen.plain(bytes(self._buffer[self._probed :]))
        seen = _prompts_in(rest, self.prompt)
        if seen is None:
            # Not a prompt but a line of the answer. The empty lines will be answered later.
            self._probed = self._end = None
            return None
        settled = quiet >= self._grace
        if seen >= self._owed or (seen and settled):
            self._owed, self._probed = 0, None
            return _Step(done=True) if self._fresh else None
        if not settled:
            return _Step(wait=self._grace - quiet)
        # Lost, or eaten by the pager: forget them and enter new ones, ever less eagerly.
        self._owed, self._probed = 0, None
        self._grace *= 2
        return None

    def _probe(self, prompt: bytes, length: int, quiet: float) -> _Step:
        familiar = self._known is None or self._known.recognises(prompt)
        if not familiar and quiet < PAUSE:
            return _Step(wait=PAUSE - quiet)
        self.prompt = prompt
        if self._end is None:
            self._end = len(self._buffer) - length
        self._probed = len(self._buffer)
        self._fresh = self._owed == 0
        if not self._fresh:
            return _Step(wait=max(0.0, self._grace - quiet))
        # A bare mark may be a line of text as well: it must answer twice.
        self._owed = 2 if len(prompt) == len(b"# ") else 1
        return _Step(send=CR * self._owed, wait=self._grace)

    def _turn_page(self, quiet: float) -> _Step:
        here = len(self._buffer)
        if self._turned == here:
            return _Step()
        if self._owed and self._eaten != here:
            # An empty line of ours is on its way; the pager takes it for "one more line".
            self._owed -= 1
            self._eaten = here
            return _Step(wait=PAUSE)
        if self._eaten == here and quiet < PAUSE:
            return _Step(wait=PAUSE - quiet)
        self._turned = here
        return _Step(send=b" ")

    def _reply(self) -> _Step:
        reply = self._replies.pop(0)
        self._replied = len(self._buffer)
        self._enter = reply.key
        return _Step(send=reply.text if reply.key else reply.text + CR, wait=PAUSE)

    def _wait_for_text(self, tail: bytes, quiet: float, *, asked: bool) -> _Step:
        if self._known is None and not self._owed:
            # At login the prompt may wait for a first Enter (REF 2.1.5).
            if quiet < self._grace:
                return _Step(wait=self._grace - quiet)
            self._owed = 1
            return _Step(send=CR)
        if asked and _QUESTION.fullmatch(tail):
            return _Step(question=tail) if quiet >= 2 * PAUSE else _Step(wait=2 * PAUSE - quiet)
        return _Step(wait=PAUSE - quiet) if self._enter else _Step()


def _readable(data: bytes) -> str:
    return screen.decode(data, screen.codec_of(data) or screen.DEFAULT_CODEC)


def _last_line(data: bytes | bytearray) -> bytes:
    return bytes(data[max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 :])


def _prompts_in(text: bytes, prompt: bytes) -> int | None:
    """Count how often a prompt follows a line end; None when the text is anything else.

    A last prompt that has come in part only is fine, and not counted.
    """
    count = 0
    parts = _LINE_END.split(text)
    if parts[0].strip(b" "):
        return None
    for part in parts[1:-1]:
        if part and part.rstrip(b" ") != prompt.rstrip(b" "):
            return None
        count += bool(part)
    last = parts[-1] if len(parts) > 1 else b""
    if last.rstrip(b" ") == prompt.rstrip(b" ") and len(last) >= len(prompt):
        return count + 1
    return count if prompt.startswith(last) else None


def without_echo(body: bytes, line: bytes, prompt: bytes) -> bytes:
    """Take late prompts and the echo off the head of an answer.

    The line editor may break or redraw what it echoes, so blanks, line ends and backspaces do not
    count. Text that is not the echo stays: a visible remainder is better than a short answer.
    """
    head = re.compile(rb"(?:[\r\n]*" + re.escape(prompt) + rb")*")
    start = head.match(body)
    position = start.end() if start else 0
    wanted = line.replace(b" ", b"")
    matched = 0
    for index in range(position, len(body)):
        if matched == len(wanted):
            break
        byte = body[index]
        if byte == wanted[matched]:
            matched += 1
            position = index + 1
        elif byte not in b" \r\n\b":
            break
    if matched < len(wanted):
        return body[start.end() if start else 0 :]
    rest = re.compile(rb" *\r*\n?").match(body, position)
    return body[rest.end() if rest else position :]
