"""What the console does to text, undone: character set, pager marks, carriage returns, hard wrap.

Everything here works on whole answers. A character cut in two by the network is therefore never
seen, and nothing is decoded before it is complete.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CODECS: Final = {
    "en.ascii": "ascii",
    "ascii": "ascii",
    "ja.sjis": "cp932",
    "sjis": "cp932",
    "ja.euc": "euc_jp",
    "euc": "euc_jp",
    "ja.utf8": "utf-8",
}
"""``console character`` values (REF 4.21; the names without language are older) to codecs."""

DEFAULT_CODEC: Final = "cp932"
JAPANESE_CODECS: Final = ("cp932", "euc_jp", "utf-8")

_TELLTALE: Final = tuple(
    (word.encode(codec), codec)
    for codec in JAPANESE_CODECS
    for word in ("検索中", "エラー", "つづく")
)
"""Words of the console itself; whichever codec spells one of them is the one in force."""

PAGER_MARKS: Final = (
    b"---more---",
    *("---つづく---".encode(codec) for codec in JAPANESE_CODECS),
)
"""REF 2.4; the mark is the last thing on the screen until a key is pressed."""

_LINE_ENDS: Final = re.compile(rb"\r*\n|\r+")
_ANSI: Final = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
_MARK_WIDTHS: Final = {b"---more---": 10} | dict.fromkeys(PAGER_MARKS[1:], 12)
_PAGED: Final = re.compile(
    b"|".join(
        # Overwritten with as many blanks as it has cells; the rest of the line follows at once.
        re.escape(mark) + rb"[\r\b]* {%d}[\r\b]*" % width
        for mark, width in _MARK_WIDTHS.items()
    )
)


def plain(data: bytes) -> bytes:
    """Take terminal control sequences out."""
    return _ANSI.sub(b"", data) if b"\x1b" in data else data


def unpaged(data: bytes) -> bytes:
    """Take pager marks out, each with the blanks that overwrote it, and join the line again."""
    return _PAGED.sub(b"", data) if b"---" in data else data


def codec_of(data: bytes) -> str | None:
    """Tell the codec from the console's own words, or None where none of them occurs."""
    for word, codec in _TELLTALE:
        if word in data:
            return codec
    return None


def decode(data: bytes, codec: str) -> str:
    """Turn a whole answer into text: lines end with a line feed, the last one is not ended.

    A byte that the codec does not know becomes U+FFFD: visible, and never a shorter text.
    """
    # Neither line end is ever the second byte of a character, in any of the codecs.
    lines = unpaged(plain(data)).replace(b"\r\n", b"\n")
    if b"\r" in lines:
        lines = _LINE_ENDS.sub(b"\n", lines)
    return lines.removesuffix(b"\n").decode(codec, "replace")


def cells(text: str) -> int:
    """Return how many columns the text takes: a full-width character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def is_full(line: str, columns: int) -> bool:
    """Tell whether a row may be continued on the next one.

    The router breaks after ``columns`` - 1 cells, without a mark; a full-width character that no
    longer fits leaves one cell empty.
    """
    return columns - 2 <= cells(line)


def breaks(lines: Iterable[str]) -> frozenset[int]:
    """Return where lines end, as positions in the text without any line ends."""
    ends, position = set(), 0
    for line in lines:
        position += len(line)
        ends.add(position)
    return frozenset(ends)


def rejoined(first: Sequence[str], second: Sequence[str]) -> list[str] | None:
    """Join lines that the console broke, from two readings at different widths.

    A real line end stands in both readings, a break made by the console in one only. None when
    the two readings are not the same text.

    Empty lines have no length and so no place of their own; they are dropped.
    """
    text = "".join(first)
    if text != "".join(second):
        return None
    lines, start = [], 0
    for end in sorted(breaks(first) & breaks(second)):
        lines.append(text[start:end])
        start = end
    return [line for line in lines if line]
