"""What the console does to text on its way out: character set, hard wrap, rows."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FIDELITY: Final = (
    recorded("Lines break after columns - 1 cells, mid token, without mark", "RTX830/show_nat_*"),
    recorded("A full-width character takes two cells", "RTX1300/show_status_dhcp"),
    assumed("A full-width character that does not fit moves to the next row whole", "no recording"),
    recorded("Lines end with CR LF on the wire", "RTX1300/show_status_dhcp"),
    documented("Character sets en.ascii, ja.sjis (default), ja.euc, ja.utf8", "REF 4.21"),
    assumed(
        "Half-width kana never appears; what a character set lacks prints as ?", "no recording"
    ),
)

DEFAULT_CHARACTER: Final = "ja.sjis"
CHARACTER_SETS: Final = {
    "en.ascii": "ascii",
    "ascii": "ascii",
    "ja.sjis": "cp932",
    "sjis": "cp932",
    "ja.euc": "euc_jp",
    "euc": "euc_jp",
    "ja.utf8": "utf-8",
}
"""``console character`` values, the old ones included, to Python codecs."""


def is_japanese(character: str) -> bool:
    """Tell the console's language: the character set decides it (REF 4.21)."""
    return CHARACTER_SETS.get(character, "cp932") != "ascii"


def encode(text: str, character: str) -> bytes:
    """Turn text into what the console sends, CR LF included."""
    codec = CHARACTER_SETS.get(character, "cp932")
    return text.replace("\n", "\r\n").encode(codec, "replace")


def decode(data: bytes, character: str) -> str:
    """Turn typed bytes into text."""
    return data.decode(CHARACTER_SETS.get(character, "cp932"), "replace")


_NARROW = re.compile(r"[ -~]*")


def cells(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if _NARROW.fullmatch(text):
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def rows(lines: Iterable[str], columns: int) -> Iterator[str]:
    """Break lines into rows of at most ``columns - 1`` cells."""
    width = columns - 1
    for line in lines:
        if cells(line) <= width:
            yield line
        else:
            yield from _broken(line, width)


def _broken(line: str, width: int) -> Iterator[str]:
    start = used = 0
    for index, character in enumerate(line):
        wide = cells(character)
        if used + wide > width:
            yield line[start:index]
            start, used = index, 0
        used += wide
    yield line[start:]


def pad(text: str, width: int) -> str:
    """Fill a label up to a cell, as the router lays its values out."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """Push a label up to a cell from the left."""
    return " " * (width - cells(text)) + text
