"""A session over SSH: commands checked on the way in, answers judged on the way out."""

from __future__ import annotations

import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, Self

from yamaha_ops.config import mask
from yamaha_ops.errors import (
    AuthenticationError,
    CommandError,
    ConnectError,
    ConnectTimeoutError,
    ConsoleError,
    IncompleteOutputError,
    YamahaOpsError,
)
from yamaha_ops.router import answers, console, screen
from yamaha_ops.router.dialogue import Dialogue
from yamaha_ops.router.driver import Connection
from yamaha_ops.router.known_hosts import known_hosts
from yamaha_ops.router.reach import HungUpError
from yamaha_ops.router.reading import password, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from yamaha_ops.inventory import Router
    from yamaha_ops.router.known_hosts import KnownHosts
    from yamaha_ops.router.reading import Reply

PATIENCE: Final = 15.0
"""The longest silence inside an answer, in seconds, unless a caller expects a longer one."""

SAVE_PATIENCE: Final = 60.0
"""Flash is slow, and the console is silent meanwhile."""

FAREWELL: Final = 3.0
"""How long a router may take to hang up after ``exit``, in seconds."""

LONGEST_COMMAND: Final = 4095
"""REF 1.5, in half-width characters."""

_IDENTITY: Final = re.compile(rb"^(\S+) (Rev\.\d+\.\d+\.\d+)", re.MULTILINE)
_CHANGES_LANGUAGE: Final = re.compile(
    r"\s*(?:console\s+character\s+(\S+)|no\s+console\s+character|load\s|clear\s+configuration)"
)


def connect(
    router: Router, *, state: Path, accept_new_host_key: bool = False, timeout: float = 10.0
) -> ShellSession:
    """Log in to a router's console over SSH.

    Args:
        router: The inventory entry.
        state: The folder of host keys and of borrowed console settings.
        accept_new_host_key: Record and trust a key where the router has none on record.
        timeout: Seconds for each of: connecting, the handshake, the login, the first prompt.

    Raises:
        UnreachableError, ConnectTimeoutError: Nothing answers, or not in time.
        AuthenticationError: The user or the password is refused.
        HostKeyError: The host key is unknown or changed.
        ConnectError: Everything else that keeps a session from starting.
        SecretError: The password cannot be had.
    """
    hosts = known_hosts(router, state, accept_new=accept_new_host_key)
    # Seen on an RTX830: the shell closes right after the handshake, and the next try succeeds.
    with suppress(HungUpError):
        return _open(router, hosts, state, timeout)
    return _open(router, hosts, state, timeout)


def _open(router: Router, hosts: KnownHosts, state: Path, timeout: float) -> ShellSession:
    connection = Connection(router, hosts, timeout)
    try:
        dialogue = Dialogue(connection.wire, router.name)
        banner = _banner(router, dialogue, timeout)
        return ShellSession(router, connection, dialogue, state, banner)
    except BaseException:
        connection.cut()
        raise


def _banner(router: Router, dialogue: Dialogue, timeout: float) -> bytes:
    where = f"{router.host} port {router.port}"
    try:
        return dialogue.begin(timeout)
    except IncompleteOutputError:
        raise ConnectTimeoutError(
            f"{where} let us in but showed no prompt", router=router.name
        ) from None
    except ConnectError as error:
        if error.output and answers.any_error_in(error.output):
            raise ConnectError(
                "the router refuses this login",
                router=router.name,
                output=error.output,
                hint="is this machine's address allowed by `sshd host`? (The name may resolve to "
                "IPv6 where only IPv4 is allowed.)",
            ) from None
        raise HungUpError(
            f"{where} closed the console before the first prompt",
            router=router.name,
            output=error.output,
        ) from None


class ShellSession:
    """A :class:`~yamaha_ops.router.session.Session` over SSH; get one from :func:`connect`."""

    def __init__(
        self,
        router: Router,
        connection: Connection,
        dialogue: Dialogue,
        state: Path,
        banner: bytes,
    ) -> None:
        self._entry = router
        self._connection = connection
        self._dialogue = dialogue
        self._state = state
        self._open = True
        self._codec: str | None = None
        self._loans: list[console.Loan] = []
        self.model, self.firmware = self._identity(banner)
        self._recover()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.router}: {self.model} {self.firmware}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Log out; after an error, cut the line, since logging out would accept a change."""
        if kind is None:
            self.close()
        else:
            self.drop()

    @property
    def router(self) -> str:
        """See :class:`Session`."""
        return self._entry.name

    @property
    def is_administrator(self) -> bool:
        """See :class:`Session`."""
        return self._dialogue.prompt.administrator

    @property
    def context(self) -> str:
        """See :class:`Session`."""
        return self._dialogue.prompt.context

    @property
    def usable(self) -> bool:
        """See :class:`Session`."""
        return self._open and self._dialogue.in_step

    # --- asking ------------------------------------------------------------------------------

    def run(self, command: str, timeout: float | None = None) -> str:
        """See :class:`Session`."""
        text = self._ask(command, timeout, ())
        self._judge(command, answers.error_in(text))
        return text

    def send(
        self, command: str, timeout: float | None = None, replies: Iterable[Reply] = ()
    ) -> str:
        """See :class:`Session`."""
        text = self._ask(command, timeout, replies)
        self._judge(command, answers.any_error_in(text))
        return text

    def administrator(self) -> None:
        """See :class:`Session`."""
        if self.is_administrator:
            return
        secret = self._entry.login.administrator_password
        self._ask("administrator", None, [password(secret.resolve() if secret else "")])
        if not self._dialogue.prompt.administrator:
            raise AuthenticationError(
                "the router did not take the administrator password"
                if secret
                else "the router asks for an administrator password and the inventory names none",
                router=self.router,
                hint=f"check {secret}" if secret else "set login.administrator_password",
            )
        self._recover()

    def keep_alive(self) -> None:
        """See :class:`Session`."""
        self._require_open()
        self._dialogue.ask(b"", patience=PATIENCE)

    def _ask(self, command: str, timeout: float | None, replies: Iterable[Reply]) -> str:
        self._require_open()
        line = _typed(command, self.router)
        try:
            data = self._dialogue.ask(
                line, patience=PATIENCE if timeout is None else timeout, replies=replies
            )
        except (ConsoleError, ConnectError) as error:
            error.command = mask(command)
            raise
        if match := _CHANGES_LANGUAGE.match(command):
            self._codec = screen.CODECS.get(match[1] or "")
        return self._decode(data)

    def _judge(self, command: str, error_line: str | None) -> None:
        if error_line is not None:
            raise CommandError(
                "the router refused a command",
                router=self.router,
                command=mask(command),
                output=error_line,
            )

    def _decode(self, data: bytes) -> str:
        if data.isascii():
            return screen.decode(data, "ascii")
        self._codec = screen.codec_of(data) or self._codec or self._ask_codec()
        return screen.decode(data, self._codec)

    def _ask_codec(self) -> str:
        """Let the router say something in its own language; an error line does as well."""
        data = self._dialogue.ask(console.QUESTION.encode(), patience=PATIENCE)
        lines = screen.decode(data, "ascii").split("\n")
        named = screen.CODECS.get(console.in_force(lines).get("character", ""))
        return named or screen.codec_of(data) or screen.DEFAULT_CODEC

    def _identity(self, banner: bytes) -> tuple[str, str]:
        # A router that hides its banner still tells in `show environment` (REF 57.1).
        match = _IDENTITY.search(banner) or _IDENTITY.search(
            self._dialogue.ask(b"show environment", patience=PATIENCE)
        )
        if not match:
            raise ConnectError(
                "the other end does not say which Yamaha router it is", router=self.router
            )
        return match[1].decode("ascii", "replace"), match[2].decode("ascii")

    # --- the console's settings ---------------------------------------------------------------

    @contextmanager
    def wide(self) -> Iterator[None]:
        """See :class:`Session`."""
        self.administrator()
        loan = console.join(self._state, self.router)
        nested = loan in self._loans
        self._loans.append(loan)
        try:
            with loan.mutex:
                if not (nested and loan.borrowed):
                    self._borrow(loan)
            yield
        finally:
            self._loans.remove(loan)
            with loan.mutex:
                if console.part(loan):
                    self._give_back(loan)

    def configuration(self) -> str:
        """See :class:`Session`."""
        with self.wide():
            lines = self._whole_lines(self._loans[-1])
        return "\n".join(lines) + "\n"

    def save(self) -> str:
        """See :class:`Session`."""
        loan = console.join(self._state, self.router)
        try:
            with loan.mutex:
                if loan.borrowed is None:
                    self._lock(loan.record)
                try:
                    self._put_back(loan)
                    return self.send("save", SAVE_PATIENCE)
                finally:
                    loan.record.release()
        finally:
            console.part(loan)

    def _borrow(self, loan: console.Loan) -> None:
        if loan.borrowed is None:
            self._lock(loan.record)
            loan.present = self._present()
        self._put_in_force(loan, console.most_columns(self.model, self.firmware))

    def _lock(self, record: console.Record) -> None:
        """Keep other processes from borrowing, and put right what a dead one left behind."""
        if not record.take(PATIENCE):
            raise ConsoleError(
                "another run of this program is using this router's console settings",
                router=self.router,
                hint="wait until it ends",
            )
        try:
            self._restore_left_behind(record)
        except YamahaOpsError:
            record.release()
            raise

    def _put_in_force(self, loan: console.Loan, columns: int) -> None:
        borrowed = console.Borrowed.of(loan.present, columns)
        loan.record.write(borrowed)
        before, loan.borrowed = loan.borrowed, borrowed
        values = console.wanted(columns)
        for name in {**(before.temporary if before else {}), **borrowed.temporary}:
            self.send(f"console {name} {values[name]}")

    def _put_back(self, loan: console.Loan) -> None:
        """Put the settings back; where the line is lost, the record stays for the next session."""
        if loan.borrowed and self.usable:
            for command in loan.borrowed.undoing():
                self.send(command)
            loan.record.remove()
        loan.borrowed = None

    def _give_back(self, loan: console.Loan) -> None:
        try:
            self._put_back(loan)
        finally:
            loan.borrowed = None
            loan.record.release()

    def _recover(self) -> None:
        """Put back what a session that died has left behind."""
        record = console.Record(self._state, self.router)
        if not record.left_behind() or not record.take():
            return
        try:
            # An ordinary user may not be shown the configuration; the administrator is, later.
            with suppress(CommandError):
                self._restore_left_behind(record)
        finally:
            record.release()

    def _restore_left_behind(self, record: console.Record) -> None:
        left = record.read()
        if left is None:
            return
        for command in left.undoing(self._present()):
            self.send(command)
        record.remove()

    def _present(self) -> dict[str, str]:
        return console.in_force(answers.lines(self.run(console.QUESTION)))

    def _whole_lines(self, loan: console.Loan) -> list[str]:
        columns = console.most_columns(self.model, self.firmware)
        first = self._shown(loan)
        if not any(screen.is_full(line, columns) for line in first):
            return first
        # A row as long as the console is wide may go on in the next one, or just be that long. A
        # second reading at another width tells: only a real line end stands in both.
        self._put_in_force(loan, columns - _OTHER_WIDTH)
        second = self._shown(loan)
        self._put_in_force(loan, columns)
        whole = screen.rejoined(first, _dated_like(second, first))
        if whole is None:
            raise ConsoleError(
                "the configuration changed while it was read", router=self.router, hint="try again"
            )
        return whole

    def _shown(self, loan: console.Loan) -> list[str]:
        lines = answers.lines(self.run("show config"))
        if loan.borrowed is None:
            raise ConsoleError(
                "another session put the console settings back while the configuration was read",
                router=self.router,
                hint="try again",
            )
        return loan.borrowed.hidden(lines)

    # --- the end ------------------------------------------------------------------------------

    def close(self) -> None:
        """See :class:`Session`."""
        if self.usable:
            # Nothing is lost if the router does not take leave politely: the line is cut below.
            with suppress(YamahaOpsError):
                if self.is_administrator:
                    self._dialogue.ask(b"exit", patience=PATIENCE, replies=[yes_or_no("N")])
                self._dialogue.leave(b"exit", patience=FAREWELL, replies=[yes_or_no("N")])
        self.drop()

    def drop(self) -> None:
        """See :class:`Session`."""
        if self._open:
            self._open = False
            self._connection.cut()

    def _require_open(self) -> None:
        if not self._open:
            raise ConsoleError("this session is closed", router=self.router)


_OTHER_WIDTH: Final = 10
"""Columns fewer in the second reading; breaks of both widths then never fall together."""

_DATE: Final = "# Reporting Date:"


def _dated_like(lines: list[str], model: list[str]) -> list[str]:
    """Return lines with another reading's time of printing, so that the two can be compared."""
    date = next((line for line in model if line.startswith(_DATE)), None)
    return [date if date and line.startswith(_DATE) else line for line in lines]


def _typed(command: str, router: str) -> bytes:
    """Return a command as it is typed, or refuse what would be more or less than one command."""
    problem = _problem(command)
    if problem:
        raise ConsoleError(
            f"the command cannot be typed: {problem}", router=router, command=mask(command)
        )
    return command.encode("cp932")


def _problem(command: str) -> str | None:
    if not command.strip():
        return "it is empty"
    if not command.isprintable():
        return "it holds a control character"
    if screen.cells(command) > LONGEST_COMMAND:
        return f"it is longer than {LONGEST_COMMAND} characters"
    if _asks_for_help(command):
        return "a question mark outside quotes shows help at once"
    try:
        command.encode("cp932")
    except UnicodeEncodeError as error:
        return f"the router's character set has no {command[error.start]!r}"
    return None


def _asks_for_help(command: str) -> bool:
    """Tell whether a ``?`` is neither quoted nor escaped (REF 1.5)."""
    return "?" in re.sub(r"\\.|'[^']*'|\"[^\"]*\"", "", command)
