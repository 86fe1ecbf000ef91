"""May this line forward that port? The question behind every game and every home server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.ports import check_port

if TYPE_CHECKING:
    from yamaha_ops.mape.mapping import Mapping
    from yamaha_ops.mape.ports import PortSet

PORT_PROTOCOLS = {"tcp": "tcp", "udp": "udp", "6": "tcp", "17": "udp"}
OTHER_PROTOCOLS = ("icmp", "esp", "ah", "gre", "ipip", "sctp")
_MAX_PROTOCOL = 255


@dataclass(frozen=True, slots=True)
class Forward:
    """Ports that somebody wants to reach from outside.

    Attributes:
        first: First outer port.
        last: Last outer port.
        inner: First port inside; the others follow. The same as ``first`` unless translated: a
            static masquerade without an outer port does not change the number (REF 23.8).
        protocol: ``tcp``, ``udp``, another protocol's name or number, or ``None`` where it does not
            matter.
    """

    first: int
    last: int
    inner: int
    protocol: str | None = None

    @classmethod
    def parse(cls, text: str) -> Forward:
        """Read ``8080``, ``8080/tcp``, ``8080-8090/udp``, ``4880=8080/tcp`` (outer=inner), ``esp``.

        Raises:
            MapeError: The text is none of these, or a port does not exist.
        """
        ports, _, protocol = text.partition("/")
        if ports.lower() in OTHER_PROTOCOLS and not protocol:
            return cls(0, 0, 0, ports.lower())
        outer, translated, inner = ports.partition("=")
        first, last = _span(outer, text)
        inner_first, inner_last = _span(inner, text) if translated else (first, last)
        if translated and inner_last - inner_first != last - first:
            raise MapeError(f"{outer} and {inner} are not equally many ports")
        return cls(first, last, inner_first, _protocol(protocol) if protocol else None)

    @property
    def width(self) -> int:
        """How many ports in a row are wanted."""
        return self.last - self.first + 1

    @property
    def has_ports(self) -> bool:
        """Whether the protocol is one that has ports."""
        return self.protocol is None or self.protocol in PORT_PROTOCOLS.values()


def _span(text: str, whole: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    numbers = (first, last if dash else first)
    if not all(number.isascii() and number.isdigit() for number in numbers):
        raise MapeError(
            f"{whole!r} is not a port; write 8080/tcp, 8080-8090/udp or OUTER=INNER/tcp"
        )
    low, high = (check_port(int(number)) for number in numbers)
    if low > high:
        raise MapeError(f"{text} runs backwards; write {high}-{low}")
    return low, high


def _protocol(text: str) -> str:
    name = text.lower()
    if name in PORT_PROTOCOLS:
        return PORT_PROTOCOLS[name]
    number = name.isascii() and name.isdigit() and int(name) <= _MAX_PROTOCOL
    if name not in OTHER_PROTOCOLS and not number:
        raise MapeError(
            f"{text!r} is not a protocol; write tcp, udp, {', '.join(OTHER_PROTOCOLS)} "
            "or a protocol number"
        )
    return name


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer.

    Attributes:
        allowed: Whether every wanted port belongs to the line.
        reason: Why, in one sentence.
        nearest: First port of the nearest span of the same width that does belong to the line;
            ``None`` where there is none, or the wanted one is allowed.
        around: The line's own ranges just below and above what was wanted, where it is refused.
        static_masquerade: The router's command for what is possible (REF 23.8), with ``N``, ``ID``
            and ``HOST`` to fill in; ``None`` where nothing is.
    """

    allowed: bool
    reason: str
    nearest: int | None = None
    around: tuple[tuple[int, int], ...] = ()
    static_masquerade: str | None = None


def may_forward(line: Mapping, forward: Forward) -> Verdict:
    """Say whether the line may forward these ports, and if not, why and which are nearest."""
    ports = line.ports
    wanted = _ports(forward.first, forward.last)
    if not ports.psid_length:
        return _yes(forward, "the address is not shared: every port is this line's")
    if not forward.has_ports:
        return Verdict(
            allowed=False,
            reason=f"{forward.protocol} has no ports, and on a shared address nothing else tells "
            "its lines apart",
        )
    for first, last in ports.ranges:
        if first <= forward.first and forward.last <= last:
            return _yes(forward, f"{wanted} in this line's range {first}-{last}")
    nearest = _nearest_span(ports, forward)
    return Verdict(
        allowed=False,
        reason=_refusal(ports, forward),
        nearest=nearest,
        around=_around(ports, forward.first),
        static_masquerade=None if nearest is None else _command(forward, nearest),
    )


def _yes(forward: Forward, reason: str) -> Verdict:
    command = _command(forward, forward.first)
    return Verdict(allowed=True, reason=reason, static_masquerade=command)


def _command(forward: Forward, outer: int) -> str | None:
    """Return the router's command; a span can be named only where nothing is translated."""
    command = f"nat descriptor masquerade static N ID HOST {forward.protocol or 'tcp'}"
    if not forward.has_ports:
        return command
    if forward.width == 1:
        ports = f"{outer}" if outer == forward.inner else f"{outer}={forward.inner}"
        return f"{command} {ports}"
    if outer != forward.inner:
        return None
    return f"{command} {forward.first}-{forward.last}"


def _refusal(ports: PortSet, forward: Forward) -> str:
    reserved = len(ports.reserved)
    if forward.first < reserved:
        last = min(forward.last, reserved - 1)
        return (
            f"{_ports(forward.first, last)} no line's: ports 0-{reserved - 1} are left out "
            f"of every share (PSID offset {ports.offset})"
        )
    size = ports.range_size
    if forward.width > size and forward.first in ports:
        return f"{forward.width} ports in a row are wanted, but a range has only {size}"
    # Ranges of one PSID are `size` ports, so one port in each of them tells all the owners.
    starts = range(forward.first - forward.first % size, forward.last + 1, size)
    owners = list(dict.fromkeys(ports.psid_of(max(start, forward.first)) for start in starts))
    others = [owner for owner in owners if owner != ports.psid]
    what = f"{_ports(forward.first, forward.last)} "
    if len(owners) == 1:
        return f"{what}another line's (PSID {others[0]}; this one has {ports.psid})"
    shares = "partly this line's, partly" if ports.psid in owners else "not this line's but"
    return f"{what}{shares} of {_lines(others)}"


def _lines(psids: list[int | None]) -> str:
    shown = 4
    named = ", ".join(map(str, psids[:shown])) + (" ..." if len(psids) > shown else "")
    return f"{len(psids)} other line{'s' * (len(psids) > 1)} (PSID {named})"


def _ports(first: int, last: int) -> str:
    return f"port {first} is" if first == last else f"ports {first}-{last} are"


def _nearest_span(ports: PortSet, forward: Forward) -> int | None:
    if forward.width > ports.range_size:
        return None
    starts = (
        min(max(forward.first, first), last - forward.width + 1) for first, last in ports.ranges
    )
    return min(starts, key=lambda start: (abs(start - forward.first), start))


def _around(ports: PortSet, port: int) -> tuple[tuple[int, int], ...]:
    below = [span for span in ports.ranges if span[0] <= port]
    above = [span for span in ports.ranges if span[0] > port]
    return (*below[-1:], *above[:1])
