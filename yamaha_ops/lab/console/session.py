"""The dialogue of one console, from the first prompt to logging out.

The whole session is one generator that yields questions (:class:`Ask`) and receives replies, so a
command that asks for a password reads as plainly as one that does not. Bytes go in by
:meth:`Console.feed` and come out by the function given at the start.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.accounts import login_seconds
from yamaha_ops.lab.console.editor import Editor, Event
from yamaha_ops.lab.console.entrance import (
    ANONYMOUS,
    SESSIONS,
    admitted,
    banner,
    log_in,
    welcome,
)
from yamaha_ops.lab.console.pager import paged
from yamaha_ops.lab.console.screen import DEFAULT_CHARACTER, decode, encode, is_japanese, rows
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.rollback import Rollback
from yamaha_ops.lab.shell import Ask, Caller, Stored, execute

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from yamaha_ops.lab.clock import Timer
    from yamaha_ops.lab.console.entrance import Peer
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    recorded(
        "Prompt `> ` or `# `, context before it, by default nothing else",
        "REF 56.1; netmiko's author",
    ),
    documented(
        "`console character`, `columns`, `lines` show in `show config` at once", "REF 4.21-4.23"
    ),
    documented(
        "`syslog execute command on` logs each command that worked, secrets too", "REF 4.36"
    ),
    assumed("The form of that line", "no recording"),
    assumed(
        "Echo, answer and prompt of all that was typed in one packet come in one packet",
        "how a router cuts its output is not known; clients must not depend on it",
    ),
    assumed(
        "Other consoles keep the settings they logged in with",
        "a Lua task was seen to keep its own language",
    ),
)

HISTORY: Final = 100
LINES: Final = 24
COLUMNS: Final = 80
CTRL_S: Final = 0x13
CTRL_Q: Final = 0x11


class Ending(Enum):
    """How a session ended."""

    LOGGED_OUT = "logged out"
    CUT = "cut"
    TIMED_OUT = "timed out"
    POWER = "power"
    REFUSED = "refused"


class Console:
    """One session.

    Args:
        write: Takes what the console sends.
        close: Ends the connection from the router's side.
    """

    def __init__(
        self,
        router: EmulatedRouter,
        peer: Peer,
        write: Callable[[bytes], None],
        close: Callable[[], None],
    ) -> None:
        self.router = router
        self.peer = peer
        self.user = peer.user or ANONYMOUS
        self.administrator = False
        self.context = ""
        self.ending: Ending | None = None
        self.number = 0
        self.faults = router.faults
        self.since = self.last_key = router.clock.now()
        self.rollback = Rollback(router.clock, router.restore)
        self.history: deque[str] = deque(maxlen=HISTORY)
        self._write = write
        self._close = close
        self._editor = Editor()
        self._typed = bytearray()
        self._held = False
        self._busy = False
        self._out = bytearray()
        self._ask: Ask | None = None
        self._timer: Timer | None = None
        self.read_settings()
        self._life = self._live()

    # --- what a transport calls --------------------------------------------------------------

    def start(self) -> None:
        """Say hello: the banner and the first prompt, or ``Password:``."""
        self._watch()
        self._advance(None)

    def feed(self, data: bytes) -> None:
        """Take what was typed, as it comes off the line."""
        self.last_key = self.router.clock.now()
        self._typed += data
        self._busy = True
        while self._typed and self._ask is not None:
            byte = self._typed[0]
            del self._typed[0]
            self._key(byte, self._ask)
        self._busy = False
        self._flush()

    def hang_up(self) -> None:
        """Learn that the line was cut: nobody logged out, so nothing is accepted."""
        self._end(Ending.CUT)

    # --- what a router calls -----------------------------------------------------------------

    def lose_power(self) -> None:
        """End with the router; what waited to be accepted is gone with it."""
        self.rollback.accept()
        if self._timer is not None:
            self._timer.cancel()
        self._end(Ending.POWER)

    def disconnect(self) -> None:
        """End because another administrator wants it (REF 4.11); nobody logged out."""
        self._end(Ending.CUT)

    # --- what commands call ------------------------------------------------------------------

    @property
    def japanese(self) -> bool:
        """The language of this console."""
        return is_japanese(self.character)

    @property
    def name(self) -> str:
        """How the router calls this session: ``ssh1``, ``telnet2``."""
        return f"{self.peer.service}{self.number}"

    @property
    def service(self) -> str:
        """The service as the log writes it."""
        return self.peer.service.upper()

    def read_settings(self) -> None:
        """Take character set, columns, lines and prompt from the running configuration."""
        view = self.router.view
        self.character = view.value("console", "character", default=DEFAULT_CHARACTER)
        self.columns = int(view.value("console", "columns", default=str(COLUMNS)))
        lines = view.value("console", "lines", default=str(LINES))
        self.lines = int(lines) if lines.isdigit() else None

    def notice(self, text: str) -> None:
        """Show what a Lua task of this console prints, whenever that is."""
        if self.ending is None:
            self._out += encode(text, self.character)
            self._flush()

    @property
    def prompt(self) -> str:
        """What stands before a command."""
        own = self.router.view.value("console", "prompt", default="")
        return f"{own}{self.context}{'#' if self.administrator else '>'} "

    def log_out(self) -> None:
        """End by ``exit``: whatever waited to be accepted, is."""
        self.rollback.accept()
        self._end(Ending.LOGGED_OUT)

    # --- typing ------------------------------------------------------------------------------

    def _key(self, byte: int, ask: Ask) -> None:
        if byte in (CTRL_S, CTRL_Q):
            self._held = byte == CTRL_S
        elif ask.key:
            self._advance(chr(byte))
        else:
            event, echo = self._editor.type(byte, echo=ask.echo)
            self._out += echo
            self._react(event, ask)

    def _react(self, event: Event, ask: Ask) -> None:
        if event is Event.ENTERED:
            self._advance(decode(self._editor.take(), self.character))
        elif event is Event.ABORTED:
            self._advance("")
        elif event is Event.HELP:
            self._help()
            self._redraw(ask)
        elif event is Event.REDRAW:
            self._redraw(ask)
        elif event is Event.COMPLETE:
            self._complete()

    def _redraw(self, ask: Ask) -> None:
        self._out += encode(ask.prompt, self.character)
        if ask.echo:
            self._out += self._editor.line

    def _help(self) -> None:
        from yamaha_ops.lab.commands.help import usage  # noqa: PLC0415 -- it registers operations

        typed = decode(bytes(self._editor.line), self.character)
        for row in rows(usage(self._caller(), typed), self.columns):
            self._print(row)

    def _complete(self) -> None:
        from yamaha_ops.lab.commands.help import completion  # noqa: PLC0415 -- see above

        rest = completion(decode(bytes(self._editor.line), self.character)).encode()
        self._editor.line += rest
        self._out += rest

    # --- the dialogue ------------------------------------------------------------------------

    def _advance(self, reply: str | None) -> None:
        """Let the dialogue go on with a reply, up to its next question."""
        self._ask = None
        try:
            ask = next(self._life) if reply is None else self._life.send(reply)
        except StopIteration:
            self._flush()
            return
        self._ask = ask
        self._out += encode(ask.prompt, self.character)
        self._flush()

    def _live(self) -> Generator[Ask, str, None]:
        if not (yield from self._come_in()):
            self._end(Ending.REFUSED)
            return
        self._enter()
        while self.ending is None:
            line = yield Ask(self.prompt)
            if self.faults.lose_first_line:
                self.faults.lose_first_line = False
                continue
            yield from self._run(line)

    def _come_in(self) -> Generator[Ask, str, bool]:
        """Let a client in, or tell it why not."""
        router, peer = self.router, self.peer
        if admitted(router, peer):
            if peer.user is None:
                user = yield from log_in(router, self._print)
                if user is None:
                    return False
                self.user = user
            if welcome(router, peer, self.user):
                return True
        self._print(Problem.ACCESS.line(japanese=False))
        return False

    def _enter(self) -> None:
        router = self.router
        taken = {c.number for c in router.consoles if c.peer.service == self.peer.service}
        self.number = next(n for n in range(1, SESSIONS + 1) if n not in taken)
        router.consoles.append(self)
        router.log.add(
            f"Login succeeded for {self.service}: {self.peer.address} {self.user}".rstrip()
        )
        for line in banner(router.hardware):
            self._print(line)

    def _caller(self) -> Caller:
        return Caller(
            self.router,
            japanese=self.japanese,
            administrator=self.administrator,
            context=self.context,
            console=self,
        )

    def _run(self, line: str) -> Generator[Ask, str, None]:
        """Carry out a command and show its answer, page by page."""
        if line.strip():
            self.history.append(line)
        try:
            yield from paged(execute(self._caller(), line), self, self._print, self._overwrite)
        except Refusal as refusal:
            self._print(refusal.line(japanese=self.japanese))
            return
        if self.router.view.value("syslog", "execute", "command", default="off") == "on":
            # Passwords typed in line included: that is the trap (REF 4.5).
            self.router.log.add(f"{self.service}: {self.peer.address} {self.user}: {line}")

    def _overwrite(self, count: int) -> None:
        self._out += b"\r" + b" " * count + b"\r"

    # --- output and end ----------------------------------------------------------------------

    def _print(self, line: str) -> None:
        stored = isinstance(line, Stored)
        self._out += encode(line + "\n", DEFAULT_CHARACTER if stored else self.character)

    def _flush(self) -> None:
        """Send what was printed; while keys are taken, wait for what they bring about."""
        if not self._busy:
            self._send()

    def _send(self) -> None:
        if self._out and not self._held:
            data = bytes(self._out)
            self._out.clear()
            self._write(data)

    def _watch(self) -> None:
        """Wait for the login timer, measured from the last key."""
        router = self.router
        idle = router.clock.now() - self.last_key
        left = login_seconds(router.view, self.user) - idle
        if left > 0:
            self._timer = router.clock.later(left, self._watch)
            return
        self._timer = None
        self.rollback.fire()
        self._end(Ending.TIMED_OUT)

    def _end(self, ending: Ending) -> None:
        if self.ending is not None:
            return
        self.ending = ending
        self._ask = None
        if self in self.router.consoles:
            self.router.consoles.remove(self)
        if ending is Ending.CUT and self.rollback.armed:
            # Nobody accepted the change: its timers run on without the session.
            self.router.orphans.append(self)
        elif self._timer is not None:
            self._timer.cancel()
        self._send()
        self._close()
