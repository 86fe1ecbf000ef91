"""Tunnels and PPs as they come up and go down, and what the log says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import recorded
from yamaha_ops.lab.line import PpState

if TYPE_CHECKING:
    from yamaha_ops.lab.clock import Clock
    from yamaha_ops.lab.journal import Entry, Log
    from yamaha_ops.lab.line import LineState
    from yamaha_ops.mape import Mapping

FIDELITY: Final = (
    recorded(
        "`IP Tunnel[1] Up` and `... Down` in the log", "RTX1300/show_log, published Lua scripts"
    ),
    recorded("`PP[01] PPP/IPCP up` in the log", "published Lua scripts"),
)


@dataclass(frozen=True, slots=True)
class _Link:
    since: float
    down: str
    coming: Entry


class Links:
    """Remembers since when each link has been up; a link takes a moment to come."""

    __slots__ = ("_clock", "_log", "_mapping", "_up")

    def __init__(self, clock: Clock, log: Log) -> None:
        self._clock = clock
        self._log = log
        self._up: dict[str, _Link] = {}
        self._mapping: Mapping | None = None

    def up_since(self, what: str) -> float | None:
        """Return when ``tunnel1`` or ``pp1`` came up, or None while it is down or settling."""
        link = self._up.get(what)
        return link.since if link and link.since <= self._clock.now() else None

    def follow(self, state: LineState, settle_seconds: float) -> None:
        """Bring up what the verdict has up, and down what it has not.

        Another address or other ports make every link go down first.
        """
        wanted = {
            f"tunnel{tunnel.number}": (f"IP Tunnel[{tunnel.number}] Up", "Down")
            for tunnel in state.tunnels
            if tunnel.up
        } | {
            f"pp{number}": (f"PP[{number:02}] PPP/IPCP up", "down")
            for number, pp in state.pps.items()
            if pp is PpState.CONNECTED
        }
        moved = state.mapping != self._mapping
        self._mapping = state.mapping
        for what in [each for each in self._up if moved or each not in wanted]:
            self._fall(what)
        for what, (up, down) in wanted.items():
            if what not in self._up:
                since = self._clock.now() + settle_seconds
                text = f"{up.rpartition(' ')[0]} {down}"
                self._up[what] = _Link(since, text, self._log.add(up, after=settle_seconds))

    def _fall(self, what: str) -> None:
        was_up = self.up_since(what) is not None
        link = self._up.pop(what)
        if was_up:
            self._log.add(link.down)
        else:
            self._log.withdraw(link.coming)

    def forget(self) -> None:
        """Begin anew, without a word (the router starts)."""
        self._up.clear()
        self._mapping = None
