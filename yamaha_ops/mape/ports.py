"""The ports of one PSID: RFC 7597 section 5.1, in both directions.

A port is read as ``| A (a bits) | PSID (k bits) | M (m bits) |``. With a > 0, A = 0 is left out, so
ports below 2^(16-a) belong to nobody; with a = 0 nothing is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from yamaha_ops.errors import MapeError

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT_BITS = 16
PORTS = 1 << PORT_BITS


def check_port(port: int) -> int:
    """Return ``port`` if it is one.

    Raises:
        MapeError: It is outside 0..65535.
    """
    if not 0 <= port < PORTS:
        raise MapeError(f"port {port} does not exist; ports are 0..65535")
    return port


@dataclass(frozen=True, slots=True)
class PortSet:
    """The ports that one subscriber may use, as inclusive ranges in rising order.

    Attributes:
        offset: PSID offset a (0..15).
        psid_length: k; 0 means that the address is not shared and every port belongs to it.
        psid: Which of the 2^k sets this is; 0 where k is 0.
        ranges: ``(first, last)`` pairs.

    Raises:
        MapeError: The numbers do not fit in a port, or the PSID does not fit in its length.
    """

    offset: int
    psid_length: int
    psid: int
    ranges: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_port_parameters(self.offset, self.psid_length, self.psid)
        object.__setattr__(self, "ranges", tuple(self._ranges()))

    def _ranges(self) -> Iterator[tuple[int, int]]:
        if self.psid_length == 0:
            yield 0, PORTS - 1
            return
        size = 1 << PORT_BITS - self.offset - self.psid_length
        step = 1 << PORT_BITS - self.offset
        first = self.psid * size
        for start in range(first + (step if self.offset else 0), PORTS, step):
            yield start, start + size - 1

    @property
    def range_size(self) -> int:
        """How many ports each range has."""
        first, last = self.ranges[0]
        return last - first + 1

    @property
    def count(self) -> int:
        """How many ports there are."""
        return len(self.ranges) * self.range_size

    @property
    def reserved(self) -> range:
        """The ports at the bottom that no subscriber of this rule may use."""
        return range(lowest_port(self.offset, self.psid_length))

    def __contains__(self, port: object) -> bool:
        return isinstance(port, int) and 0 <= port < PORTS and self.psid_of(port) == self.psid

    def __iter__(self) -> Iterator[int]:
        for first, last in self.ranges:
            yield from range(first, last + 1)

    def __len__(self) -> int:
        return self.count

    def psid_of(self, port: int) -> int | None:
        """Return whose port this is under the same rule, or ``None`` if it is nobody's."""
        return psid_of_port(port, self.offset, self.psid_length)

    def nearest(self, port: int) -> int:
        """Return the usable port nearest to ``port`` (itself if usable, the lower of equals)."""
        candidates = (min(max(port, first), last) for first, last in self.ranges)
        return min(candidates, key=lambda candidate: (abs(candidate - port), candidate))


@lru_cache(maxsize=1024)
def port_set(offset: int, psid_length: int, psid: int) -> PortSet:
    """Return the set, made once: the lines of one operator share a few hundred of them."""
    return PortSet(offset, psid_length, psid)


def psid_of_port(port: int, offset: int, psid_length: int) -> int | None:
    """Return the PSID that owns ``port``, or ``None`` if the offset gives it to nobody.

    Raises:
        MapeError: The port is outside 0..65535.
    """
    if check_port(port) < lowest_port(offset, psid_length):
        return None
    return port >> PORT_BITS - offset - psid_length & (1 << psid_length) - 1 if psid_length else 0


def lowest_port(offset: int, psid_length: int) -> int:
    """Return the first port that some subscriber owns; everything below is nobody's."""
    return 1 << PORT_BITS - offset if offset and psid_length else 0


def check_port_parameters(offset: int, psid_length: int, psid: int) -> None:
    """Refuse a PSID offset, length and value that do not fit together (RFC 7597 section 5.1).

    Raises:
        MapeError: They do not fit; the message says why.
    """
    if not 0 <= offset < PORT_BITS:
        raise MapeError(f"PSID offset {offset} is impossible; it must be 0..15")
    if not 0 <= psid_length <= PORT_BITS:
        raise MapeError(f"PSID length {psid_length} is impossible; it must be 0..16")
    if psid_length and offset + psid_length > PORT_BITS:
        raise MapeError(
            f"PSID offset {offset} and PSID length {psid_length} need {offset + psid_length} bits, "
            "but a port has 16; make one of them smaller"
        )
    if not 0 <= psid < 1 << psid_length:
        raise MapeError(
            f"PSID {psid} does not fit in {psid_length} bits; "
            f"it must be 0..{(1 << psid_length) - 1}"
        )
