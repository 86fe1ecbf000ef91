"""The picture of a line in characters, for a terminal of 80 columns. ASCII only."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from yamaha_ops.mape.fields import (
    PORT_ROW,
    PORT_ROWS,
    ce_fields,
    ipv4_fields,
    port_fields,
    prefix_fields,
)
from yamaha_ops.mape.ports import PORTS
from yamaha_ops.mape.text import COLUMNS, spans

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.mape.fields import Field
    from yamaha_ops.mape.mapping import Mapping
    from yamaha_ops.mape.ports import PortSet

_CELLS = 64
_CELL = PORT_ROW // _CELLS


def picture(line: Mapping) -> str:
    """Return the picture of a line: its bits field by field, and the map of the ports."""
    return "\n".join(
        (
            *_bits(f"Prefix {line.end_user_prefix}: the first 64 bits", prefix_fields(line)),
            *_bits(f"IPv4 {line.ipv4}: 32 bits", ipv4_fields(line)),
            *_bits("A port of this line: 16 bits", port_fields(line)),
            *_bits(f"CE address {line.ce}: the last 64 bits", ce_fields(line)),
            *_port_map(line.ports),
            fill(" ".join(spans(line.ports)), COLUMNS - 1, break_on_hyphens=False),
        )
    )


def _bits(title: str, fields: Sequence[Field]) -> Iterator[str]:
    """Write the bits, a bar that shows where each field begins, and a row for each field."""
    yield title
    yield "  " + " ".join(field.bits for field in fields)
    for field in fields:
        yield f"    bits {field.place:<8}{field.name:<24}{field.value}".rstrip()
    yield ""


def _port_map(ports: PortSet) -> Iterator[str]:
    yield f"Ports: {ports.count:,} of {PORTS:,} are this line's, where a # stands"
    cells = [False] * (PORTS // _CELL)
    for first, last in ports.ranges:
        for cell in range(first // _CELL, last // _CELL + 1):
            cells[cell] = True
    for row in range(PORT_ROWS):
        marks = "".join("#" if cell else "." for cell in cells[row * _CELLS : (row + 1) * _CELLS])
        yield f"{row * PORT_ROW:>7} {marks} {(row + 1) * PORT_ROW - 1}"
    if ports.reserved:
        yield f"        0-{len(ports.reserved) - 1} belong to no line"
