"""One question, one whole answer: where an answer ends, and how that is proved.

The prompt of a factory router is exactly ``> `` or ``# ``, and ``# `` also begins every comment
line of ``show config``. The network may pause anywhere, so neither a prompt at the end of what has
come nor a quiet time proves anything. What proves it is an answer: an empty line is entered, and
the router must reply with nothing but the same prompt again. Other text means that the first one
was a line of the answer; reading goes on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import ConnectError, ConsoleError, IncompleteOutputError
from yamaha_ops.router import screen
from yamaha_ops.router.ahead import typed_ahead
from yamaha_ops.router.prompt import Prompt
from yamaha_ops.router.reading import CR, Answer, last_line, prompts_in
from yamaha_ops.router.volley import TypedAheadError, Volley

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from yamaha_ops.router.reading import Reply
    from yamaha_ops.router.wire import Wire

INSTANT: Final = 0.001
"""The shortest wait, in seconds: rounding must not turn waiting into spinning."""

TRICKLE: Final = 20
"""Without a limit of its own an answer may take so many times its longest silence in total."""


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
        self._keeps_typed_ahead = True

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

    @property
    def keeps_typed_ahead(self) -> bool:
        """Whether everything that was typed ahead has come back as it should, so far."""
        return self._keeps_typed_ahead

    def begin(self, patience: float, limit: float | None = None) -> bytes:
        """Wait for the first prompt and return the banner before it; see :meth:`ask`."""
        self._in_step = False
        return self._read(Answer(b"", None, []), patience, limit)

    def ask(
        self,
        line: bytes,
        *,
        patience: float,
        limit: float | None = None,
        replies: Iterable[Reply] = (),
    ) -> bytes:
        """Enter a line and return the whole answer: no echo, no prompt, pager marks still in it.

        Args:
            line: The command without its line end.
            patience: The longest silence to bear, in seconds.
            limit: The longest time for the whole answer, in seconds; if not given, a multiple of
                ``patience`` keeps a trickle from holding us for ever.
            replies: Answers to the router's questions, each used once, in this order.

        Raises:
            IncompleteOutputError: No proven end came in time.
            ConsoleError: The router asked something that no reply fits, or the dialogue is out
                of step.
            ConnectError: The line was lost.
        """
        self._fall_out_of_step()
        ahead = self._keeps_typed_ahead and typed_ahead(line)
        answer = Answer(line, self.prompt, list(replies), ahead=ahead)
        answer.take(self._late_prompts())
        self._send(answer.typed)
        body = self._read(answer, patience, limit)
        self._keeps_typed_ahead &= not answer.gave_up
        return body

    def ask_together(
        self, lines: Sequence[bytes], *, patience: float, limit: float | None = None
    ) -> list[bytes]:
        """Enter lines in one packet and return the whole answer to each; see :meth:`ask`.

        Args:
            lines: Two or more that :func:`~yamaha_ops.router.ahead.typed_ahead` allows.
            patience: The longest silence to bear, in seconds.
            limit: The longest time for all answers together, in seconds.

        Raises:
            TypedAheadError: The answers cannot be told apart, or did not come in time.
            ConsoleError, ConnectError: As :meth:`ask`.
        """
        self._fall_out_of_step()
        self._late_prompts()
        volley = Volley(lines, self.prompt)
        self._send(volley.typed)
        self._exchange(volley, patience, patience * TRICKLE if limit is None else limit)
        self._come_into_step(volley.prompt)
        self._keeps_typed_ahead &= not volley.gave_up
        return volley.bodies

    def leave(self, line: bytes, *, patience: float, replies: Iterable[Reply] = ()) -> None:
        """Enter a line that ends the session and wait until the router hangs up."""
        self._in_step = False
        waiting = list(replies)
        try:
            self._wire.send(line + CR)
            seen, deadline = b"", self._clock() + patience
            while (left := deadline - self._clock()) > 0:
                seen = (seen + self._wire.receive(left))[-256:]
                if waiting and waiting[0].question.search(last_line(seen)):
                    self._wire.send(waiting.pop(0).text + CR)
        except (EOFError, OSError):
            return

    def _late_prompts(self) -> bytes:
        """Return prompts that came after the last exchange; refuse to go on after other text."""
        late = b""
        try:
            while more := self._wire.receive(0.0):
                late += more
        except (EOFError, OSError) as error:
            raise self._lost() from error
        if late and prompts_in(late, self.prompt.text) is None:
            raise ConsoleError(
                "the router sent text that no command asked for",
                router=self._name,
                hint="`console info on` does that; open a new session",
            )
        return late

    def _fall_out_of_step(self) -> None:
        if not self._in_step:
            raise ConsoleError(
                "this session is out of step after a failed exchange and cannot be used",
                router=self._name,
                hint="open a new session",
            )
        self._in_step = False

    def _come_into_step(self, prompt: bytes) -> None:
        self._prompt = self._prompt.next(prompt) if self._prompt else Prompt.at_login(prompt)
        self._in_step = True

    def _read(self, answer: Answer, patience: float, limit: float | None) -> bytes:
        self._exchange(answer, patience, patience * TRICKLE if limit is None else limit)
        self._come_into_step(answer.prompt)
        return answer.body

    def _exchange(self, answer: Answer | Volley, patience: float, limit: float) -> None:
        """Read, and type what has to be typed, until the answer is whole."""
        start = last = self._clock()
        while True:
            now = self._clock()
            step = answer.step(now - last)
            if step.send:
                self._send(step.send)
            if step.done:
                return
            left = min(patience - (now - last), limit - (now - start))
            if left <= 0 or step.question or step.broken:
                raise self._unfinished(answer, step.question)
            try:
                data = self._wire.receive(max(INSTANT, min(left, step.wait)), answer.until)
            except (EOFError, OSError) as error:
                raise self._lost(answer) from error
            if data:
                answer.take(data)
                last = self._clock()

    def _unfinished(self, answer: Answer | Volley, question: bytes) -> ConsoleError:
        if isinstance(answer, Volley):
            return TypedAheadError(
                "the answers to commands that were entered together could not be told apart "
                f"and were thrown away ({answer.size} bytes had come)",
                router=self._name,
                hint="one by one they can",
            )
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

    def _lost(self, answer: Answer | Volley | None = None) -> ConnectError:
        said = answer.body if isinstance(answer, Answer) and self._prompt is None else b""
        return ConnectError(
            "the router closed the connection",
            router=self._name,
            output=_readable(said) or None,
        )


def _readable(data: bytes) -> str:
    return screen.decode(data, screen.codec_of(data) or screen.DEFAULT_CODEC)
