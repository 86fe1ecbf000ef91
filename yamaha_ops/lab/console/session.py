"""The dialogue of one console, from the first prompt to logging out.

The whole session is one generator that yields questions (:class:`Ask`) and receives replies, so a
command that asks for a password reads as plainly as one that does not. Bytes go in by
:meth:`Console.feed` and come out by the function given at the start.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from yamaha_ops.lab.accounts import admits_host, attribute, host_allowed, login_seconds
from yamaha_ops.lab.console.editor import Editor, Event
from yamaha_ops.lab.console.screen import (
    DEFAULT_CHARACTER,
    cells,
    decode,
    encode,
    is_japanese,
    rows,
)
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal, Say
from yamaha_ops.lab.rollback import Rollback
from yamaha_ops.lab.shell import Ask, Caller, Plain, execute

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from yamaha_ops.lab.clock import Timer
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    recorded(
        "Prompt `> ` or `# `, context before it, by default nothing else", "REF 56.1, console.md 2"
    ),
    recorded("Banner in English in both languages", "RTX830/login_banner"),
    assumed(
        "MAC addresses and memory lines of the banner", "seen, but not published letter by letter"
    ),
    documented(
        "telnet: `Password:` first; empty Enter, then `Username:` and `Password:`", "REF 2.1"
    ),
    documented(
        "Sessions: telnet 8 and SSH 8; several administrators at once", "REF 2.1, 4.41, 4.68"
    ),
    recorded("`Error: Login access is restricted.` and the line closes", "console.md 1"),
    recorded(
        "The pager's marker, overwritten by blanks, the text goes on in its row",
        "RTX1300/show_status_dhcp",
    ),
    assumed("Carriage returns around the marker's blanks", "the recording shows blanks only"),
    documented("SPACE a page, Enter a line, q stops", "REF 2.4"),
    documented("The pager stops after as many rows as `console lines` says", "REF 2.4"),
    documented(
        "`console character`, `columns`, `lines` show in `show config` at once", "REF 4.21-4.23"
    ),
    assumed(
        "Other consoles keep the settings they logged in with", "the language is per console (S)"
    ),
    assumed("A wrong password at `Password:` of telnet asks again, three times", "not stated"),
    recorded("A wrong administrator password leaves `> `", "console.md 2"),
)

LINES: Final = 24
COLUMNS: Final = 80
TRIES: Final = 3
SESSIONS: Final = 8
ANONYMOUS: Final = ""


class Ending(Enum):
    """How a session ended."""

    LOGGED_OUT = "logged out"
    CUT = "cut"
    TIMED_OUT = "timed out"
    POWER = "power"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end: by which service, from which address, logged in as whom.

    Attributes:
        user: The named user whom SSH has let in already; None asks on the console (telnet).
    """

    service: Literal["ssh", "telnet"]
    address: str
    user: str | None = None


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
        self._write = write
        self._close = close
        self._editor = Editor()
        self._typed = bytearray()
        self._held = False
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
        while self._typed and self._ask is not None:
            byte = self._typed[0]
            del self._typed[0]
            self._key(byte, self._ask)
        self._flush()

    def hang_up(self) -> None:
        """Learn that the line was cut: nobody logged out, so nothing is accepted."""
        self._end(Ending.CUT)

    # --- what a router calls -----------------------------------------------------------------

    def lose_power(self) -> None:
        """End with the router."""
        self.rollback.accept()
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
        if byte in (0x13, 0x11):  # Ctrl-S, Ctrl-Q
            self._held = byte == 0x13  # noqa: PLR2004 -- Ctrl-S
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
        if not self._admitted():
            self._print(Problem.ACCESS.line(japanese=False))
            self._end(Ending.REFUSED)
            return
        if self.peer.user is None and not (yield from self._log_in()):
            self._end(Ending.REFUSED)
            return
        if not self._welcome():
            self._print(Problem.ACCESS.line(japanese=False))
            self._end(Ending.REFUSED)
            return
        self._enter()
        while self.ending is None:
            line = yield Ask(self.prompt)
            if self.faults.lose_first_line:
                self.faults.lose_first_line = False
                continue
            yield from self._run(line)

    def _admitted(self) -> bool:
        """Tell whether the service has room and takes clients from this address."""
        view, service = self.router.view, self.peer.service
        there = sum(console.peer.service == service for console in self.router.consoles)
        room = int(view.value(f"{service}d", "session", default=str(SESSIONS)))
        return there < room and admits_host(view, service, self.peer.address)

    def _welcome(self) -> bool:
        """Tell whether the user may come from this address, and once more."""
        view = self.router.view
        hosts = attribute(view, self.user, "host", "any").split(",")
        if not host_allowed(tuple(hosts), self.peer.address, "any"):
            return False
        again = any(
            console.user == self.user and console.peer.service == self.peer.service
            for console in self.router.consoles
        )
        return not again or attribute(view, self.user, "multi-session", "on") == "on"

    def _log_in(self) -> Generator[Ask, str, bool]:
        """Ask as telnet does: the login password, or nothing and then a named user."""
        accounts, view = self.router.accounts, self.router.view
        for _ in range(TRIES):
            password = yield Ask("Password: ", echo=False)
            named = any(True for _ in view.all("login", "user"))
            if password == "" and named:
                self.user = yield Ask("Username: ")
                password = yield Ask("Password: ", echo=False)
                if accounts.admits(view, self.user, password) and self._may("telnet"):
                    return True
                self.user = ANONYMOUS
            elif accounts.admits_anonymous(view, password):
                return True
            self._print(Problem.PASSWORD.line(japanese=self.japanese))
        return False

    def _may(self, service: str) -> bool:
        allowed = attribute(self.router.view, self.user, "connection", "all").split(",")
        return "all" in allowed or service in allowed

    def _enter(self) -> None:
        router, hardware = self.router, self.router.hardware
        taken = {c.number for c in router.consoles if c.peer.service == self.peer.service}
        self.number = next(n for n in range(1, SESSIONS + 1) if n not in taken)
        router.consoles.append(self)
        router.log.add(
            f"Login succeeded for {self.service}: {self.peer.address} {self.user}".rstrip()
        )
        for line in (
            hardware.firmware,
            "Copyright (c) 1994-2021 Yamaha Corporation. All Rights Reserved.",
            "To display the software copyright statement, use 'show copyright' command.",
            ", ".join(hardware.mac_addresses),
            "Memory 256Mbytes, 2LAN",
        ):
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
        answer = execute(self._caller(), line)
        left = self.faults.page_every or self.lines
        shown = 0
        reply: str | None = None
        try:
            while True:
                item = next(answer) if reply is None else answer.send(reply)
                reply = None
                if isinstance(item, Ask):
                    reply = yield item
                    continue
                if isinstance(item, Plain):
                    self._print(item)
                    continue
                for row in rows((item,), self.columns):
                    if shown == self.faults.truncate_after_lines:
                        return
                    shown += 1
                    if left == 0:
                        left = yield from self._more()
                        if left == 0:
                            answer.close()
                            return
                    self._print(row)
                    left = None if left is None else left - 1
        except StopIteration:
            return
        except Refusal as refusal:
            self._print(refusal.line(japanese=self.japanese))

    def _more(self) -> Generator[Ask, str, int]:
        """Stop at the end of a page; return how many rows may follow, 0 for none."""
        marker = Say.MORE.text(japanese=self.japanese)
        blank = "\r" + " " * cells(marker) + "\r"
        key = yield Ask(marker, key=True)
        while key not in " \r\nqQ\x03":
            key = yield Ask("", key=True)
        self._out += blank.encode()
        if key == " ":
            return self.faults.page_every or self.lines or LINES
        return 1 if key in "\r\n" else 0

    # --- output and end ----------------------------------------------------------------------

    def _print(self, line: str) -> None:
        self._out += encode(line + "\n", self.character)

    def _flush(self) -> None:
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
        if self._timer is not None and not (ending is Ending.CUT and self.rollback.armed):
            self._timer.cancel()
        self._flush()
        self._close()
