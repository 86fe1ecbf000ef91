"""The line between a console and its client, with the faults that were asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.faults import Faults


class Wire:
    """Carries what consoles send to their clients: late, spoilt or cut, if faults say so."""

    __slots__ = ("faults",)

    def __init__(self, faults: Faults) -> None:
        self.faults = faults

    def attach(
        self, write: Callable[[bytes], None], bye: Callable[[], None], abort: Callable[[], None]
    ) -> tuple[Callable[[bytes], None], Callable[[], None]]:
        """Return how a console sends and how it ends the connection.

        Args:
            write: Sends bytes to the client.
            bye: Ends the connection in good order.
            abort: Loses the connection.
        """
        strand = _Strand(self.faults, write, bye, abort)
        return strand.send, strand.close


class _Strand:
    __slots__ = ("_abort", "_bye", "_faults", "_free_at", "_gone", "_loop", "_write")

    def __init__(
        self,
        faults: Faults,
        write: Callable[[bytes], None],
        bye: Callable[[], None],
        abort: Callable[[], None],
    ) -> None:
        self._faults = faults
        self._write = write
        self._bye = bye
        self._abort = abort
        self._loop = asyncio.get_running_loop()
        self._free_at = 0.0
        self._gone = False

    def send(self, data: bytes) -> None:
        if self._gone:
            return
        data, cut = self._faults.cut(data)
        self._in_turn(lambda: self._write(self._faults.spoil(data)))
        if cut:
            self._gone = True
            self._in_turn(self._abort)

    def close(self) -> None:
        if not self._gone:
            self._gone = True
            self._in_turn(self._bye)

    def _in_turn(self, act: Callable[[], None]) -> None:
        """Do it now, or later behind what is late already."""
        now = self._loop.time()
        if not self._faults.waits and self._free_at <= now:
            act()
            return
        self._free_at = max(self._free_at, now + self._faults.wait())
        self._loop.call_at(self._free_at, act)
