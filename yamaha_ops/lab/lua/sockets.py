"""``rt.socket``: LuaSocket's TCP and UDP on real sockets of loopback.

A port that a script opens is a number of its own router; the machine gives it any free one, so that
hundreds of routers can listen on 9100. :attr:`Ports` tells which.
"""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lua.endpoints import HOST, Endpoint, Tcp, Udp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Ports = dict[tuple[str, int], int]
"""Protocol and port of the router to the port of the machine."""
Answer = tuple[Any, ...]

FIDELITY: Final = (
    documented("The functions and methods of `rt.socket`", "Yamaha's Lua pages"),
    recorded(
        "`bind` takes an address or `*`; `settimeout(0)` and `select`; no TLS",
        "routemon, rtx-dns-tcp-lua",
    ),
    recorded("`rt.socket.gettime` counts from the start", "rtx-dns-tcp-lua"),
    recorded("Listening on 53, 9100, 11111", "published Lua scripts"),
    assumed("Any port may be opened", "1024..5000 is documented, 53 was seen"),
    assumed(
        "Elsewhere than on loopback and at the router's own scripts TCP is refused, UDP lost",
        "the lab stays here",
    ),
    assumed("64 sockets a task at most", "a flood of them once started an RTX830 anew"),
    assumed("Names: `localhost` and the router's own addresses only", "the lab asks no DNS"),
    assumed("Texts of errors are LuaSocket's; timeouts are whole seconds", "not published"),
)

MOST: Final = 64


def ready(
    readers: Sequence[socket.socket], writers: Sequence[socket.socket], seconds: float
) -> tuple[set[int], set[int]]:
    """Wait at most so long; return the file numbers of what can be read, and be written."""
    asked = select.poll()
    wanted: dict[int, int] = {}
    for sockets, event in ((readers, select.POLLIN), (writers, select.POLLOUT)):
        for each in sockets:
            wanted[each.fileno()] = wanted.get(each.fileno(), 0) | event
    for number, events in wanted.items():
        asked.register(number, events)
    found = dict(asked.poll(seconds * 1000))
    able, free = (
        {each.fileno() for each in sockets if found.get(each.fileno(), 0) & ~other}
        for sockets, other in ((readers, select.POLLOUT), (writers, select.POLLIN))
    )
    return able, free


class Sockets:
    """The sockets of one task.

    Args:
        ports: What the router's scripts have opened; shared by its tasks.
        own: Returns the router's own addresses.
        rest: Waits until something can be read or written: readers, writers, seconds (None: as
            long as it takes). Returns whether something can.
    """

    def __init__(
        self,
        ports: Ports,
        own: Callable[[], set[str]],
        rest: Callable[[Sequence[socket.socket], Sequence[socket.socket], float | None], bool],
    ) -> None:
        self.ports = ports
        self.own = own
        self.rest = rest
        self._opened: list[Endpoint] = []

    def tcp(self) -> Answer:
        """Return a new TCP socket."""
        return self._add(lambda: Tcp(self, socket.socket(socket.AF_INET, socket.SOCK_STREAM)))

    def udp(self) -> Answer:
        """Return a new UDP socket."""
        return self._add(lambda: Udp(self, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)))

    def _add(self, make: Callable[[], Endpoint]) -> Answer:
        self._opened = [each for each in self._opened if each.open]
        if len(self._opened) >= MOST:
            return None, "too many open files"
        made = make()
        self._opened.append(made)
        return (made,)

    def accepted(self, connection: socket.socket) -> Answer:
        """Return a socket for a connection that came in."""
        found = self._add(lambda: Tcp(self, connection))
        if found[0] is None:
            connection.close()
        return found

    def close(self) -> None:
        """Close whatever the script left open."""
        for each in self._opened:
            each.close()

    def select(self, readers: Any, writers: Any, seconds: float | None) -> Answer:
        """Return what can be read and written, and ``timeout`` where nothing can.

        Sockets come as a table of handles, and go as tables of their positions.
        """
        read, write = (
            [(place, each) for place, each in dict(table or {}).items() if each.open]
            for table in (readers, writers)
        )
        held = [place for place, each in read if each.holds]
        if not held:
            self.rest([e.socket for _, e in read], [e.socket for _, e in write], seconds)
        able, free = ready([e.socket for _, e in read], [e.socket for _, e in write], 0)
        readable = [place for place, each in read if each.holds or each.socket.fileno() in able]
        writable = [place for place, each in write if each.socket.fileno() in free]
        return readable, writable, None if readable or writable else "timeout"

    def real(self, protocol: str, address: str, port: int) -> tuple[str, int] | None:
        """Return where an address of the router's world is on this machine, or None."""
        local = address == "localhost" or address.startswith("127.") or address in self.own()
        known = self.ports.get((protocol, port))
        if local and known is not None:
            return HOST, known
        return (HOST, port) if address in {HOST, "localhost"} else None
