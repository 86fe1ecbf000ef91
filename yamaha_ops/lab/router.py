"""One emulated router: its state, and what happens to it. No sockets, no console text."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.accounts import Accounts
from yamaha_ops.lab.boot import started, starting
from yamaha_ops.lab.faults import Faults
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.journal import Log
from yamaha_ops.lab.limits import check_limits
from yamaha_ops.lab.line import LineState, judge
from yamaha_ops.lab.links import Links
from yamaha_ops.lab.lua import Tasks
from yamaha_ops.lab.lua.devices import Panel
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.rollback import Before
from yamaha_ops.lab.schedule import Scheduler, check_schedule
from yamaha_ops.lab.settings import FACTORY, Running, too_new, with_secret
from yamaha_ops.lab.storage import Rtfs, Saved, Slots
from yamaha_ops.lab.values import check_values
from yamaha_ops.lab.view import split
from yamaha_ops.lab.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.clock import Clock, Timer
    from yamaha_ops.lab.console import Console
    from yamaha_ops.lab.hardware import Hardware
    from yamaha_ops.lab.view import View, Words

FIDELITY: Final = (
    documented(
        "Settings act at once; `save` writes the slot the router started from", "REF 56.3.3"
    ),
    documented("`restart N` makes N the default slot", "REF 56.7.3"),
    recorded('`Configuration saved in "CONFIG0" by TELNET`', "published Lua scripts"),
    assumed(
        "The changed flag is set by any setting that worked, even one that is undone", "unknown"
    ),
    assumed("A restart takes 2 seconds", "real ones take about a minute; tests should not"),
)


NEITHER_HERE_NOR_THERE: Final = frozenset(
    (word,) for word in ("console", "description", "dhcp", "dns", "login", "snmp", "syslog")
)
"""First words of settings that neither the line nor schedules nor Lua depend on."""


def _at_once(work: Callable[[], None]) -> None:
    work()


class EmulatedRouter:
    """An RTX830 without wires.

    Everything runs in one thread (the lab's event loop). Servers register with :attr:`observers`
    to learn that the power goes or comes.
    """

    def __init__(
        self,
        name: str,
        *,
        hardware: Hardware,
        clock: Clock,
        world: World | None = None,
        accounts: Accounts | None = None,
        boot_seconds: float = 2.0,
    ) -> None:
        self.name = name
        self.hardware = hardware
        self.clock = clock
        self.world = world or World()
        self.accounts = accounts or Accounts()
        self.boot_seconds = boot_seconds
        self.faults = Faults()
        self.slots = Slots()
        self.rtfs = Rtfs()
        self.external: dict[str, bytes] = {}
        """Files of USB and microSD, by ``usb1:/x`` and ``sd1:/x``."""
        self.log = Log(clock)
        self.consoles: list[Console] = []
        self.orphans: list[Console] = []
        """Sessions whose line was cut while a change of theirs waited to be accepted."""
        self.observers: list[Callable[[bool], None]] = []
        self.scheduler = Scheduler(self)
        self.post: Callable[[Callable[[], None]], object] = _at_once
        """Runs a function in the router's thread; the lab puts its event loop in."""
        self.lua = Tasks(self, self._post)
        self.panel = Panel()
        """The STATUS LED and the buzzer."""
        self.mails: list[dict[str, str]] = []
        """What Lua scripts have mailed."""
        self.on = False
        self.changed = False
        self.host_key_generation = 0
        self.public_key: Callable[[], bytes] = bytes
        """Returns the public host key as SSH writes it; the SSH server puts it in."""
        self.boot_cause = ""
        self.boot_time = clock.now()
        self.booted_from = 0
        self.running = Running(FACTORY)
        self._line: LineState | None = None
        self.links = Links(clock, self.log)
        self._booting: Timer | None = None

    def _post(self, work: Callable[[], None]) -> object:
        return self.post(work)

    # --- power -------------------------------------------------------------------------------

    def power_on(self, cause: str = "Power-on boot") -> None:
        """Start: read the default slot, begin counting time."""
        self._booting = None
        self.boot_cause = cause
        self.boot_time = self.clock.now()
        self.booted_from = self.slots.default
        saved = self.slots.get(str(self.booted_from))
        self.links.forget()
        for line in starting(self.hardware, cause):
            self.log.add(line)
        self.on = True
        self.replace(saved.text if saved else FACTORY)
        self.changed = False
        for line in started(self):
            self.log.add(line)
        for observer in tuple(self.observers):
            observer(True)  # noqa: FBT003 -- an observer takes nothing but the new state
        self.scheduler.start()

    def power_off(self) -> None:
        """Lose power: consoles, running configuration and log are gone, flash stays."""
        self._stop()
        self.panel = Panel()
        self.lua.lose_power()
        self.log.clear()

    def restart(
        self, slot: int | None = None, *, cause: str = "Restart by restart command"
    ) -> None:
        """Go down and come back from a slot some seconds later."""
        if slot is not None:
            self.slots.default = slot
        self._stop()
        self._booting = self.clock.later(self.boot_seconds, lambda: self.power_on(cause))

    def _stop(self) -> None:
        self.on = False
        if self._booting is not None:
            self._booting.cancel()
        self.scheduler.stop()
        self.lua.stop_all()
        for console in (*self.consoles, *self.orphans):
            console.lose_power()
        self.orphans.clear()
        for observer in tuple(self.observers):
            observer(False)  # noqa: FBT003 -- see above

    def uptime(self) -> float:
        """Return seconds since the start."""
        return self.clock.now() - self.boot_time

    # --- configuration -----------------------------------------------------------------------

    @property
    def view(self) -> View:
        """The running configuration by words."""
        return self.running.view

    def execute(self, line: str, context: str = "") -> None:
        """Carry out one setting command.

        Raises:
            Refusal: The command is unknown, wrong, or needs a context.
        """
        if too_new(line, self.hardware):
            raise Refusal(Problem.UNKNOWN_COMMAND)
        words = split(line)
        self.check(line)
        check_schedule(words, self.hardware)
        self.running.execute(line, context)
        self.changed = True
        self._settings_changed(words)

    def execute_block(self, lines: list[str], context: str = "") -> None:
        """Carry out an ``embedded file`` or ``macro``: the line, its body, its end word.

        Raises:
            Refusal: The first line is unknown or wrong; nothing changed then.
        """
        if too_new(lines[0], self.hardware):
            raise Refusal(Problem.UNKNOWN_COMMAND)
        for line in lines:
            self.running.execute(line, context)
        self.changed = True

    def follow(self, line: str, context: str) -> str:
        """Carry out a line of a file and return the context for the next one.

        Raises:
            Refusal: The line is unknown, wrong, or needs a context.
        """
        self.check(line)
        following = self.running.follow(line, context)
        self.changed = True
        self._settings_changed(split(line))
        return following

    def check(self, line: str, running: Running | None = None) -> None:
        """Refuse a line with a value out of its range; lines of a block are text of their own.

        Args:
            line: A setting.
            running: The configuration it is for, if not the one in force.

        Raises:
            Refusal: It has one.
        """
        if not (running or self.running).pending:
            check_limits(split(line), self.hardware)
            check_values(line)

    def set_secret(self, command: str, value: str | None, *, hidden: bool) -> None:
        """Set a password that a console line cannot carry (``administrator password``)."""
        stored = f"encrypted {value}" if hidden and value else value
        self.replace(with_secret(self.running.text, command, stored))

    def renew_host_key(self) -> None:
        """Make another SSH host key; connections from now on see it."""
        self.host_key_generation += 1

    def host_key_text(self) -> str:
        """Return the host key as files show it; it means nothing to any other router."""
        seed = f"{self.hardware.serial} {self.host_key_generation}".encode()
        return base64.b64encode(hashlib.sha512(seed).digest()).decode()

    def replace(self, text: str) -> None:
        """Put another configuration in force at once."""
        self.running = Running(text)
        self.changed = True
        self._settings_changed()

    def before(self) -> Before:
        """Return what a rollback would go back to."""
        return Before(self.running.text, self.changed)

    def restore(self, before: Before) -> None:
        """Take a change back."""
        self.replace(before.text)
        self.changed = before.changed

    def save(self, slot: int | None = None, comment: str = "", *, by: str = "") -> int:
        """Write the running configuration into a slot; return which."""
        target = self.booted_from if slot is None else slot
        self.slots.save(target, Saved(self.running.text, self.clock.now(), comment))
        self.changed = False
        if by:
            self.log.add(f'Configuration saved in "CONFIG{target}" by {by}')
        return target

    def _settings_changed(self, words: Words = ()) -> None:
        """React to a change; the words of the line, where there is one, tell what cannot matter."""
        if words[:1] == ("no",):
            words = words[1:]
        if words[:1] in NEITHER_HERE_NOR_THERE or words[:2] == ("ip", "filter"):
            return
        self._judge()
        self.scheduler.rearm()
        if self.view.value("lua", "use", default="on") == "off":
            self.lua.stop_all(forget=True)

    # --- the line ----------------------------------------------------------------------------

    @property
    def line(self) -> LineState:
        """The verdict on the configuration; its tunnels may still be on their way up."""
        return self._line or self._judge()

    def set_world(self, world: World) -> None:
        """Change what surrounds the router: another prefix, other hosts, a dead line."""
        self.world = world
        self._judge()

    def up_since(self, what: str) -> float | None:
        """Return when ``tunnel1`` or ``pp1`` came up, or None while it is down or settling."""
        return self.links.up_since(what)

    @property
    def online(self) -> bool:
        """Whether a packet from the LAN gets to the Internet and back, now."""
        return any(self.up_since(carrier) is not None for carrier in self.line.carriers)

    def _judge(self) -> LineState:
        self._line = judge(self.running, self.world, self.hardware)
        self.links.follow(self._line, self.world.offer.settle_seconds)
        return self._line
