"""Every error that yamaha-ops raises on purpose: one root, families by stage.

An error says what happened, where (which router, or which line of which file) and what to do
about it. Each family also derives from the standard exception that a caller would reach for, so
``except TimeoutError`` and ``except ConnectionError`` work as a Python programmer expects.

No error carries a secret: whoever raises one masks the command and the output first.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of the command line; for many routers the highest one wins."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERENCES = 3
    TAKEN_BACK = 4
    UNKNOWN = 5


class YamahaOpsError(Exception):
    """Root of every error raised on purpose.

    Attributes:
        message: What happened, as one sentence without a final full stop.
        router: The inventory name of the router concerned, if any.
        where: ``file:line`` (or ``file``) the error is about, if any.
        command: The console command concerned, masked, if any.
        output: What the router answered, masked, if any.
        hint: What the user can do about it, if anything.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(
        self,
        message: str,
        *,
        router: str | None = None,
        where: str | None = None,
        command: str | None = None,
        output: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.router = router
        self.where = where
        self.command = command
        self.output = output
        self.hint = hint

    def __str__(self) -> str:
        """Put place and message on one line; hint and output are for :func:`explain`."""
        place = self.where or self.router
        return f"{place}: {self.message}" if place else self.message

    def explain(self) -> str:
        """Return the full text for a person: message, command, the router's answer, the hint."""
        lines = [str(self)]
        if self.command:
            lines.append(f"  command: {self.command}")
        if self.output:
            lines.extend(f"  router:  {line}" for line in self.output.strip().splitlines())
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class InputError(YamahaOpsError, ValueError):
    """The user's own input (inventory, template, argument, file) is refused as a whole."""


class InventoryError(InputError):
    """The inventory cannot be used: unknown field, wrong value, missing router."""


class SecretError(InputError):
    """A secret reference cannot be resolved. The message names the reference, never the value."""


class MapeError(InputError):
    """A MAP-E rule, prefix, address or port is not what RFC 7597 allows."""


class RenderError(InputError):
    """A template cannot be rendered, or gives what the firmware cannot do."""


class ConfigError(InputError):
    """Text that is not an RTX configuration, or a command the language does not know."""


class ParseError(YamahaOpsError, ValueError):
    """Console text that is not an answer to the command it was parsed as."""


class ConnectError(YamahaOpsError, ConnectionError):
    """No usable session with the router could be had, or it was lost."""


class UnreachableError(ConnectError):
    """Nothing answers at the router's address."""


class ConnectTimeoutError(ConnectError, TimeoutError):
    """The router's address swallowed the connection attempt, or the handshake stalled."""


class AuthenticationError(ConnectError, PermissionError):
    """The router refused the user, the key, the password or the administrator password."""


class HostKeyError(ConnectError):
    """The router's host key is unknown, or is not the one on record."""


class LateError(YamahaOpsError, TimeoutError):
    """A router was not done by its deadline; what it would have said is not waited for."""


class LostError(YamahaOpsError):
    """Whoever was to ask a router is gone, such as a worker of a cluster."""


class ConsoleError(YamahaOpsError):
    """The dialogue on the console did not go as documented."""


class CommandError(ConsoleError):
    """The router answered a command with one of its error lines."""


class IncompleteOutputError(ConsoleError, TimeoutError):
    """The answer did not end with a prompt in time: it is thrown away, never used short."""


class PlanError(YamahaOpsError):
    """No safe plan exists: the router moved, a guard is missing, the way back would be cut."""


class ApplyError(YamahaOpsError):
    """A change failed while it was being sent; the router is as it was."""


class VerifyError(ApplyError):
    """The change was made, did not verify, and was taken back."""

    exit_code = ExitCode.TAKEN_BACK


class UnknownStateError(YamahaOpsError):
    """Neither the old nor the wanted configuration could be established: a person must look."""

    exit_code = ExitCode.UNKNOWN
