"""From the port ranges that a router prints back to the PSID they belong to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.ports import PORT_BITS, PortSet, check_port, port_set

if TYPE_CHECKING:
    from collections.abc import Sequence

_LIST = re.compile(r"\d+-\d+(?:,\d+-\d+)*")


def ranges_from_text(text: str) -> tuple[tuple[int, int], ...]:
    r"""Return the ranges of a printed list, wherever the console broke it.

    A console wraps at its width, inside a number too: ``25\n360-25375`` is one range. So white
    space means nothing here; commas do.

    Raises:
        MapeError: The text is not a list of ranges ``first-last, first-last``.
    """
    joined = "".join(text.split())
    if not _LIST.fullmatch(joined):
        raise MapeError(f"{text.strip()[:60]!r} is not a list of port ranges like 4880-4895, ...")
    pairs = (span.split("-") for span in joined.split(","))
    ranges = tuple((check_port(int(first)), check_port(int(last))) for first, last in pairs)
    for first, last in ranges:
        if first > last:
            raise MapeError(f"{first}-{last} runs backwards: a digit is lost or one too many")
    return ranges


def recognise(ranges: Sequence[tuple[int, int]]) -> PortSet:
    """Return the one port set that consists of exactly these ranges.

    Where one range could come from two offsets, offset 0 is named.

    Raises:
        MapeError: They are not the port set of any PSID: a range is missing, damaged or too many.
    """
    ordered = tuple(sorted(ranges))
    if not ordered:
        raise MapeError("no port ranges, so no PSID")
    first, last = ordered[0]
    size = max(last - first + 1, 1)
    # One range per value of the offset bits but 0; a single range needs no offset at all.
    offset = (len(ordered) + 1).bit_length() - 1 if len(ordered) > 1 else 0
    psid_length = PORT_BITS - offset - (size.bit_length() - 1)
    if offset < PORT_BITS and psid_length >= 0:
        psid = first // size & (1 << psid_length) - 1
        candidate = port_set(offset, psid_length, psid)
        if candidate.ranges == ordered:
            return candidate
    raise MapeError(
        f"{len(ordered)} port ranges from {first}-{last} on are not the ports of any PSID; "
        "one is missing or damaged"
    )
