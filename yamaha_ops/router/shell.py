"""A session over SSH: commands checked on the way in, answers judged on the way out."""

from __future__ import annotations

import re
import time
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
from yamaha_ops.router.ahead import volleys
from yamaha_ops.router.borrowing import Borrowing
from yamaha_ops.router.command import refuse_operators, typed
from yamaha_ops.router.dialogue import Dialogue
from yamaha_ops.router.driver import Connection
from yamaha_ops.router.known_hosts import known_hosts
from yamaha_ops.router.reach import HungUpError
from yamaha_ops.router.reading import password, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from yamaha_ops.inventory import Router
    from yamaha_ops.router.known_hosts import KnownHosts
    from yamaha_ops.router.reading import Reply

PATIENCE: Final = 15.0
"""The longest silence inside an answer, in seconds, where the caller sets no time-out."""

TOGETHER_PATIENCE: Final = 5.0
"""... where commands were entered together: short tables come at once, or something is wrong."""

SAVE_PATIENCE: Final = 60.0
"""Flash is slow, and the console is silent meanwhile."""

FAREWELL: Final = 3.0
"""How long a router may take to hang up after ``exit``, in seconds."""

_IDENTITY: Final = re.compile(rb"^(\S+) (Rev\.\d+\.\d+\.\d+)", re.MULTILINE)
_CHANGES_LANGUAGE: Final = re.compile(
    r"\s*(?:console\s+character\s+(\S+)|no\s+console\s+character|load\s|clear\s+configuration)"
)


def connect(
    router: Router,
    *,
    state: Path,
    accept_new_host_key: bool = False,
    timeout: float = 10.0,
    handshakes: AbstractContextManager[object] | None = None,
) -> ShellSession:
    """Log in to a router's console over SSH.

    Args:
        router: The inventory entry.
        state: The folder of host keys and of borrowed console settings.
        accept_new_host_key: Record and trust a key where the router has none on record.
        timeout: Seconds for each of: connecting, the handshake, the login, the first prompt.
        handshakes: Held during handshake and login: a semaphore limits how many a process does at
            once, apart from how many sessions it has.

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
        return _open(router, hosts, state, timeout, handshakes)
    return _open(router, hosts, state, timeout, handshakes)


def _open(
    router: Router,
    hosts: KnownHosts,
    state: Path,
    timeout: float,
    handshakes: AbstractContextManager[object] | None,
) -> ShellSession:
    connection = Connection(router, hosts, timeout, handshakes)
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
        return dialogue.begin(timeout, limit=timeout)
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


def connect_administrator(
    router: Router,
    *,
    state: Path,
    accept_new_host_key: bool = False,
    handshakes: AbstractContextManager[object] | None = None,
) -> ShellSession:
    """Log in as :func:`connect` does and step up; where that fails, no session is left behind.

    Raises:
        ConnectError, ConsoleError, SecretError: As :func:`connect` and ``administrator``.
    """
    session = connect(
        router, state=state, accept_new_host_key=accept_new_host_key, handshakes=handshakes
    )
    try:
        session.administrator()
    except BaseException:
        session.drop()
        raise
    return session


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
        self._open = True
        self._codec: str | None = None
        self._borrowing = Borrowing(self, state)
        self.model, self.firmware = self._identity(banner)
        self._borrowing.recover()

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
        text = self._ask(command, timeout)
        self._judge(command, answers.error_in(text))
        return text

    def run_all(
        self,
        commands: Iterable[str],
        timeout: float | None = None,
        *,
        at_once: int = 1,
        rows: dict[str, int] | None = None,
    ) -> Iterator[list[str | CommandError]]:
        """See :class:`Session`."""
        rows = {} if rows is None else rows
        end = None if timeout is None else time.monotonic() + timeout
        at_once = at_once if self._dialogue.keeps_typed_ahead else 1
        for group in volleys(commands, rows, at_once):
            left = None if end is None else end - time.monotonic()
            if left is not None and left <= 0:
                return
            texts = self._together(group, left) if len(group) > 1 else [self._ask(group[0], left)]
            told = list(zip(group, texts, strict=True))
            rows.update((command, text.count("\n") + 1) for command, text in told)
            yield [self._text_or_refusal(*each) for each in told]

    def _text_or_refusal(self, command: str, text: str) -> str | CommandError:
        line = answers.error_in(text)
        return text if line is None else self._refusal(command, line)

    def send(
        self, command: str, timeout: float | None = None, replies: Iterable[Reply] = ()
    ) -> str:
        """See :class:`Session`."""
        refuse_operators(command, self.router)
        text = answers.without_echo(self._ask(command, timeout, replies), command)
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
        self._borrowing.recover()

    def keep_alive(self) -> None:
        """See :class:`Session`."""
        self._require_open()
        self._dialogue.ask(b"", patience=PATIENCE)

    def _together(self, commands: Sequence[str], timeout: float | None) -> list[str]:
        self._require_open()
        bodies = self._dialogue.ask_together(
            [command.encode("ascii") for command in commands],  # as those on the list are
            patience=TOGETHER_PATIENCE,
            limit=timeout,
        )
        return [self._decode(body) for body in bodies]

    def _ask(self, command: str, timeout: float | None, replies: Iterable[Reply] = ()) -> str:
        self._require_open()
        line = typed(command, self.router)
        try:
            data = self._dialogue.ask(
                line,
                patience=PATIENCE if timeout is None else timeout,
                limit=timeout,
                replies=replies,
            )
        except (ConsoleError, ConnectError) as error:
            error.command = mask(command)
            raise
        if match := _CHANGES_LANGUAGE.match(command):
            self._codec = screen.CODECS.get(match[1] or "")
        return self._decode(data)

    def _judge(self, command: str, error_line: str | None) -> None:
        if error_line is not None:
            raise self._refusal(command, error_line)

    def _refusal(self, command: str, error_line: str) -> CommandError:
        return CommandError(
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
        with self._borrowing.wide():
            yield

    def configuration(self) -> str:
        """See :class:`Session`."""
        self.administrator()
        return "\n".join(self._borrowing.configuration()) + "\n"

    def save(self) -> str:
        """See :class:`Session`."""
        with self._borrowing.put_back():
            return self.send("save", SAVE_PATIENCE)

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
