"""The router's log: a ring of 10,000 lines, read by ``show log`` and by Lua."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from yamaha_ops.lab.clock import stamp
from yamaha_ops.lab.fidelity import documented, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.lab.clock import Clock

FIDELITY: Final = (
    documented("10,000 lines, kept over a restart, lost by a power cut", "REF 59.1"),
    recorded("Always English, oldest first, `YYYY/MM/DD HH:MM:SS: text`", "RTX830/show_log"),
)

LINES: Final = 10_000


class Entry(NamedTuple):
    """One line: when, and what follows the time."""

    time: float
    text: str


class Log:
    """What happened, oldest first. An entry may lie ahead: it shows when its time comes."""

    __slots__ = ("_clock", "_entries", "watchers")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=LINES)
        self.watchers: list[Callable[[str], None]] = []

    def add(self, text: str, *, after: float = 0.0) -> Entry:
        """Write a line, now or ``after`` seconds from now; return it so it can be withdrawn."""
        entry = Entry(self._clock.now() + after, text)
        self._entries.append(entry)
        if after:
            self._clock.later(after, lambda: self._tell(entry))
        else:
            self._tell(entry)
        return entry

    def _tell(self, entry: Entry) -> None:
        if self.watchers and entry in self._entries:
            for watcher in tuple(self.watchers):
                watcher(entry.text)

    def withdraw(self, entry: Entry) -> None:
        """Take back a line whose time has not come."""
        if entry.time > self._clock.now() and entry in self._entries:
            self._entries.remove(entry)

    def lines(self) -> Iterator[str]:
        """Yield the lines as ``show log`` prints them."""
        now = self._clock.now()
        for entry in sorted(self._entries, key=lambda entry: entry.time):
            if entry.time <= now:
                yield f"{stamp(entry.time)}: {entry.text}"

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
