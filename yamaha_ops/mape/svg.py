"""The picture of a line: its prefix, what the bits mean, and which of the 65,536 ports it has.

Plain SVG with its own background and no script, font or library, so it looks the same in a browser,
a wiki and an editor. The text inside says what each colour is; there is no legend to learn.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from yamaha_ops.mape.address import NETWORK_BITS
from yamaha_ops.mape.fields import (
    PORT_ROW,
    PORT_ROWS,
    Kind,
    ce_fields,
    ipv4_fields,
    port_fields,
    prefix_fields,
)
from yamaha_ops.mape.ports import PORTS
from yamaha_ops.mape.text import spans
from yamaha_ops.mape.words import cells, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from yamaha_ops.mape.fields import Field
    from yamaha_ops.mape.mapping import Mapping
    from yamaha_ops.mape.ports import PortSet

    Say = Callable[..., str]
    """Says an English pattern, filled with values, in the language of the picture."""

WIDTH = 1120
LEFT = 64
BAR = 1024
BAR_HEIGHT = 34
LABEL_HEIGHT = 18
GAP = 46
SCALE = BAR / PORT_ROW
ROW_HEIGHT = 18
ROW_STEP = 21

FILL = {
    Kind.OPERATOR: "#5d6b7e",
    Kind.IPV4: "#1f6fc4",
    Kind.PSID: "#cf5a12",
    Kind.OWN: "#d5dbe3",
    Kind.ZERO: "#eef1f5",
}
INK = "#1b2430"
FAINT = "#5f6b7a"
LIGHT = {Kind.OWN, Kind.ZERO}
"""Kinds whose colour is so light that text on it must be dark."""

_CHAR = 7.2
"""Width of an average character at the label size, in pixels; generous."""

_COLUMNS = 8


def _text(x: float, y: float, content: str, style: str = "", *, anchor: str = "start") -> str:
    place = f'x="{x:g}" y="{y:g}"' + ("" if anchor == "start" else f' text-anchor="{anchor}"')
    return f"<text {place}{' ' + style if style else ''}>{escape(content)}</text>"


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


@dataclass(frozen=True, slots=True)
class _Bar:
    """Fields drawn to scale, ``unit`` pixels a bit, with their names above."""

    fields: Sequence[Field]
    x: float
    y: float
    unit: float
    say: Say

    def left(self, field: Field) -> float:
        return self.x + (field.start - self.fields[0].start) * self.unit

    def span(self, kind: Kind) -> tuple[float, float] | None:
        """Return left and right edge of the field of a kind."""
        for field in self.fields:
            if field.kind is kind:
                return self.left(field), self.left(field) + field.width * self.unit
        return None

    def _labels(self) -> list[tuple[int, float, Field, str]]:
        """Place each name over its field, a row higher where the neighbour's name is in the way."""
        end = self.x + sum(field.width for field in self.fields) * self.unit
        free_up_to: list[float] = []
        placed = []
        for field in reversed(self.fields):
            pattern = "{}, {} bits" if field.width > 1 else "{}, {} bit"
            named = self.say(pattern, self.say(field.name), field.width)
            value = self.say(field.value)
            if value and cells(value) * _CHAR >= field.width * self.unit:
                named += f": {value}"
            left = min(self.left(field), end - cells(named) * _CHAR)
            right = left + cells(named) * _CHAR
            row = next((n for n, edge in enumerate(free_up_to) if right < edge), len(free_up_to))
            free_up_to[row : row + 1] = [left]
            placed.append((row, left, field, named))
        return placed

    @property
    def top(self) -> float:
        """Upper edge of the bar itself, below all the names."""
        return self.y + LABEL_HEIGHT * (1 + max(row for row, *_ in self._labels()))

    @property
    def bottom(self) -> float:
        return self.top + BAR_HEIGHT

    def draw(self) -> Iterator[str]:
        for row, left, field, named in self._labels():
            x, y, width = self.left(field), self.top, field.width * self.unit
            yield _rect(x, y, width, BAR_HEIGHT, FILL[field.kind])
            yield f'<path d="M{x:g} {y:g}v{BAR_HEIGHT}" stroke="#fff"/>'
            label = y - 7 - LABEL_HEIGHT * row
            if row:
                yield f'<path d="M{x + 1:g} {label + 4:g}V{y:g}" stroke="{FAINT}"/>'
            yield _text(left + (4 if row else 0), label, named, 'class="s"')
            value = self.say(field.value)
            if cells(value) * _CHAR < width:
                ink = INK if field.kind in LIGHT else "#fff"
                style = f'class="m" fill="{ink}"'
                yield _text(x + width / 2, y + 22, value, style, anchor="middle")
        x, y, width = self.x, self.top, sum(field.width for field in self.fields) * self.unit
        yield f'<path d="M{x:g} {y:g}h{width:g}v{BAR_HEIGHT}h-{width:g}z" class="frame"/>'

    def digits(self, bits_a_digit: int) -> Iterator[str]:
        """Write the bits below the bar, one by one or as hexadecimal digits with their colons."""
        bits = "".join(field.bits for field in self.fields)
        style, y = f'class="m" fill="{FAINT}"', self.bottom + 17
        for place in range(0, len(bits), bits_a_digit):
            x = self.x + place * self.unit
            if place and place % 16 == 0:
                yield _text(x, y, ":", style, anchor="middle")
            part = bits[place : place + bits_a_digit]
            shown = "x" if set(part) == {"x"} else f"{int(part.replace('x', '0'), 2):x}"
            yield _text(x + bits_a_digit / 2 * self.unit, y, shown, style, anchor="middle")


def _band(kind: Kind, above: _Bar, below: _Bar) -> Iterator[str]:
    """Tie a field to the place where its bits go."""
    start, end = above.span(kind), below.span(kind)
    if start and end:
        points = f"{start[0]:g},{above.bottom:g} {start[1]:g},{above.bottom:g} "
        points += f"{end[1]:g},{below.top:g} {end[0]:g},{below.top:g}"
        yield f'<polygon points="{points}" fill="{FILL[kind]}" opacity="0.16"/>'


def draw(line: Mapping, language: str = "en") -> str:
    """Return the picture of a line as the text of an SVG file, in English or Japanese (``ja``)."""
    say = words(language)
    title = say("MAP-E line {}", line.end_user_prefix)
    parts = [_text(LEFT, 44, title, 'class="h1"')]
    parts.append(_text(LEFT, 70, _summary(line, say)))

    parts.append(_text(LEFT, 116, say("What the prefix of the line says"), 'class="h2"'))
    prefix = _Bar(prefix_fields(line), LEFT, 124, BAR / NETWORK_BITS, say)

    y = prefix.bottom + GAP + 34
    ipv4 = _Bar(ipv4_fields(line), LEFT, y + 8, 15, say)
    port = _Bar(port_fields(line), LEFT + 576, y + 8, 28, say)
    for kind, below in ((Kind.IPV4, ipv4), (Kind.PSID, port)):
        parts.extend(_band(kind, prefix, below))
    parts.append(_text(LEFT, y, say("IPv4 {}: {}", _shared(line, say), line.ipv4), 'class="h2"'))
    parts.append(_text(LEFT + 576, y, _port_heading(line, say), 'class="h2"'))

    y = max(ipv4.bottom, port.bottom) + GAP + 16
    parts.append(_text(LEFT, y, say("The address of the tunnel: {}", line.ce), 'class="h2"'))
    ce = _Bar(ce_fields(line), LEFT, y + 30, BAR / NETWORK_BITS, say)
    form = say(
        "Its first 64 bits are the prefix above; the other 64 ({} form):", line.rule.interface_id
    )
    parts.append(_text(LEFT, y + 22, form))

    for bar in (prefix, ipv4, port, ce):
        parts.extend(bar.draw())
    parts.extend((*prefix.digits(4), *port.digits(1), *ce.digits(4)))

    y = ce.bottom + GAP + 16
    parts.extend(_port_map(line, y, say))
    y += 34 + PORT_ROWS * ROW_STEP + 20
    listed = [] if _one_a_row(line.ports) else spans(line.ports)
    for number, span in enumerate(listed):
        x, down = LEFT + number % _COLUMNS * (BAR / _COLUMNS), number // _COLUMNS * 20
        parts.append(_text(x, y + down, span, f'class="m" fill="{FILL[Kind.PSID]}"'))
    height = y + 20 * -(-len(listed) // _COLUMNS) + 4
    return _document(title, height, parts)


_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" width="{width}" \
height="{height:g}" role="img" font-family="sans-serif" font-size="15" fill="{ink}">
<title>{title}</title>
<style>.h1{{font-size:24px;font-weight:bold}}.h2{{font-size:17px;font-weight:bold}}\
.m{{font-family:monospace;font-size:14px}}.s{{font-size:13px}}\
.frame{{fill:none;stroke:{faint}}}</style>
<pattern id="no" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 8L8 0" \
stroke="#b4bdc9"/></pattern>
"""


def _document(title: str, height: float, parts: Sequence[str]) -> str:
    head = _HEAD.format(width=WIDTH, height=height, ink=INK, faint=FAINT, title=escape(title))
    return head + "\n".join((_rect(0, 0, WIDTH, height, "#fff"), *parts, "</svg>\n"))


def _shared(line: Mapping, say: Say) -> str:
    if line.rule.ipv4_spare:
        return say("prefix, the line's own")
    if not line.psid_length:
        return say("address, the line's own")
    return say("address, shared by {} lines", 1 << line.psid_length)


def _summary(line: Mapping, say: Say) -> str:
    provider = f"{line.rule.provider}: " if line.rule.provider else ""
    share = "" if line.psid is None else say(", PSID {}", line.psid)
    counts = (f"{line.ports.count:,}", f"{PORTS:,}")
    return say("{}IPv4 {}{}, {} of {} ports", provider, line.ipv4, share, *counts)


def _port_heading(line: Mapping, say: Say) -> str:
    if line.psid is None:
        return say("Ports: all of them")
    return say("A port is the line's if these bits say {}", line.psid)


def _port_map(line: Mapping, y: float, say: Say) -> Iterator[str]:
    """Draw all ports, a row for 4,096 of them, with the line's own filled in."""
    heading = say("The ports of the line: {} of {}", f"{line.ports.count:,}", f"{PORTS:,}")
    yield _text(LEFT, y, heading, 'class="h2"')
    own = f'fill="{FILL[Kind.PSID]}"'
    yield _text(LEFT, y + 22, say("The line's own ports are filled in."), own)
    yield _text(LEFT + BAR, y + 22, say("Each row is {} ports.", f"{PORT_ROW:,}"), anchor="end")
    top = y + 34
    for row in range(PORT_ROWS):
        down = top + row * ROW_STEP
        yield _text(LEFT - 8, down + 14, f"{row * PORT_ROW}", 'class="s"', anchor="end")
        yield _rect(LEFT, down, BAR, ROW_HEIGHT, FILL[Kind.ZERO])
    yield from _reserved(len(line.ports.reserved), top, say)
    shapes = (
        f"M{LEFT + first * SCALE:g} {top + row * ROW_STEP:g}h{(last - first + 1) * SCALE:g}"
        f"v{ROW_HEIGHT}h-{(last - first + 1) * SCALE:g}z"
        for row, first, last in _row_pieces(line.ports.ranges)
    )
    yield f'<path d="{"".join(shapes)}" {own}/>'
    if _one_a_row(line.ports):
        yield from _row_labels(line.ports, top)


def _one_a_row(ports: PortSet) -> bool:
    """Whether every range has a row to itself, with room for its numbers beside it."""
    return len(ports.ranges) < PORT_ROWS and ports.range_size < PORT_ROW // 2


def _row_labels(ports: PortSet, top: float) -> Iterator[str]:
    pieces = _row_pieces(ports.ranges)
    for (row, first, last), (low, high) in zip(pieces, ports.ranges, strict=True):
        x, anchor = LEFT + (last + 1) * SCALE + 6, "start"
        if first > PORT_ROW // 2:
            x, anchor = LEFT + first * SCALE - 6, "end"
        yield _text(x, top + row * ROW_STEP + 14, f"{low}-{high}", 'class="s"', anchor=anchor)


def _reserved(count: int, top: float, say: Say) -> Iterator[str]:
    """Hatch the ports under the offset and say, where there is room, what the hatching means."""
    for row, first, last in _row_pieces(((0, count - 1),) if count else ()):
        x, width = LEFT + first * SCALE, (last - first + 1) * SCALE
        yield _rect(x, top + row * ROW_STEP, width, ROW_HEIGHT, "url(#no)")
    note = say("0-{}: no line may use these", count - 1)
    width = min(count, PORT_ROW) * SCALE
    room = cells(note) * _CHAR + 16
    if room < width:
        middle = LEFT + width / 2
        yield _rect(middle - room / 2, top + 1, room, ROW_HEIGHT - 2, "#fff")
        yield _text(middle, top + 14, note, 'class="s"', anchor="middle")


def _row_pieces(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Cut ranges at the row ends: row number, first and last place in the row."""
    for first, last in ranges:
        for row in range(first // PORT_ROW, last // PORT_ROW + 1):
            start = row * PORT_ROW
            yield row, max(first - start, 0), min(last - start, PORT_ROW - 1)
