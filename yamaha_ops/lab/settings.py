"""The running configuration: the language of :mod:`yamaha_ops.config`, spoken by a router."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from yamaha_ops.config import (
    Configuration,
    ContextMissingError,
    Interpreter,
    ParameterError,
    UnknownCommandError,
    difference,
)
from yamaha_ops.config.contexts import heading, split_context
from yamaha_ops.config.statement import read
from yamaha_ops.errors import ConfigError
from yamaha_ops.lab.clock import local
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.view import View, split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.lab.hardware import Hardware

FIDELITY: Final = (
    recorded("Comment lines at the head of `show config`", "RTX1210 default configuration, RTX830"),
    documented("Secrets are masked in `show config`, real in files", "REF 4.1-4.5"),
    documented("LAN1 192.168.100.1/24 with DHCP; `telnetd host lan`; SSH off", "REF 1.7, 2.1"),
    assumed("The factory configuration has no other lines", "published one is of an RTX1210"),
)

FACTORY: Final = """\
ip lan1 address 192.168.100.1/24
telnetd host lan
dhcp service server
dhcp server rfc2131 compliant except remain-silent
dhcp scope 1 192.168.100.2-192.168.100.191/24
"""


HOST_KEY: Final = "sshd host key generate"


class Running:
    """A configuration in force: changed line by line, read as text or by words."""

    __slots__ = ("_interpreter", "_view")

    def __init__(self, text: str) -> None:
        try:
            self._interpreter = Interpreter(Configuration.parse(text))
        except ConfigError:
            self._interpreter = _piecemeal(text)
        self._view: View | None = None

    @property
    def configuration(self) -> Configuration:
        """The configuration as the rest of the toolkit knows it."""
        return self._interpreter.configuration

    @property
    def text(self) -> str:
        """The lines in the router's order, with real secrets."""
        return self.configuration.text

    @property
    def view(self) -> View:
        """The lines by words."""
        if self._view is None:
            self._view = View(self.text)
        return self._view

    @property
    def pending(self) -> bool:
        """Whether lines of a block (``embedded file ... <<EOF``) are being typed."""
        return bool(self._interpreter.pending)

    def execute(self, line: str, context: str = "") -> None:
        """Carry out one setting command in a console's context.

        Raises:
            Refusal: The command is unknown, wrong, or needs a context.
        """
        interpreter = self._interpreter
        try:
            if not interpreter.pending and interpreter.context != context:
                kind, _ = split_context(context or interpreter.context)
                interpreter.execute(heading(context) if context else f"{kind} select none")
            interpreter.execute(line)
        except UnknownCommandError:
            raise Refusal(Problem.UNKNOWN_COMMAND) from None
        except ContextMissingError:
            raise Refusal(Problem.SELECT_FIRST) from None
        except ParameterError:
            raise Refusal(Problem.PARAMETER_COUNT) from None
        self._view = None

    def follow(self, line: str, context: str) -> str:
        """Carry out a line of a file and return the context for the next one.

        In a file an unindented line ends a block, as `show config` prints it.

        Raises:
            Refusal: The line is unknown, wrong, or needs a context.
        """
        if not self.pending and not line.startswith(" "):
            context = ""
        return self.type(line, context)

    def type(self, line: str, context: str) -> str:
        """Carry out a line of a console, where a context stays, and return the one it leads to.

        Raises:
            Refusal: The line is unknown, wrong, or needs a context.
        """
        self.execute(line, context)
        return self._interpreter.context

    def knows(self, line: str) -> bool:
        """Tell whether a setting command of that name exists."""
        try:
            read(line)
        except UnknownCommandError:
            return False
        except ConfigError:
            return True
        return True

    def embedded(self, name: str) -> bytes:
        """Return a file that the configuration carries (REF 4.93).

        Raises:
            KeyError: There is none of that name.
        """
        for setting in self.configuration.settings.values():
            words = split(setting.line)
            if words[:2] == ("embedded", "file") and name in words:
                return "".join(f"{line}\n" for line in setting.body).encode("cp932", "replace")
        raise KeyError(name)


def _piecemeal(text: str) -> Interpreter:
    """Take what can be understood of a file that is no configuration as a whole."""
    interpreter = Interpreter()
    for line in text.splitlines():
        with contextlib.suppress(ConfigError):
            interpreter.execute(line)
    if interpreter.pending:
        interpreter.execute(interpreter.pending)
    return interpreter


def too_new(line: str, hardware: Hardware) -> bool:
    """Tell whether a setting command came with later firmware than this router has."""
    try:
        entry = read(line).entry
    except ConfigError:
        return False
    since = entry.since if entry else "*"
    return since not in {"*", "-"} and not hardware.since(since)


def commands_between(one: str, other: str) -> list[str]:
    """Return the commands that turn one configuration text into another (REF 57.7)."""
    found = difference(Running(one).configuration, Running(other).configuration)
    return [command.line for command in found.commands]


def without_host_key(text: str, running: str) -> str:
    """Return ``text`` with the host key line of ``running`` in place of its own."""
    own = [line for line in running.splitlines() if line.startswith(HOST_KEY)]
    lines = [line for line in text.splitlines() if not line.startswith(HOST_KEY)]
    return "".join(f"{line}\n" for line in (*lines, *own))


def with_secret(text: str, command: str, value: str | None) -> str:
    """Return ``text`` with a password line that no console line can set, or without it."""
    lines = [line for line in text.splitlines() if not line.startswith(command + " ")]
    if value is not None:
        lines.insert(0, f"{command} {value}")
    return "".join(f"{line}\n" for line in lines)


def header(hardware: Hardware, now: float) -> Sequence[str]:
    """Return the comment lines that open ``show config``."""
    first, second = hardware.mac_addresses
    macs = f"MAC-Address={first} MAC-Address={second}"
    reported = local(now).strftime("%b %d %H:%M:%S %Y")
    return (
        f"# {hardware.firmware}",
        f"# MAC Address : {first}, {second}",
        "# Memory 256Mbytes, 2LAN",
        f"# main:  {hardware.model} ver=00 serial={hardware.serial} {macs}",
        f"# Reporting Date: {reported}",
    )
