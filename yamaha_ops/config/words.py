"""Words of a console line: splitting, quoting and escaping (REF 1.5)."""

from __future__ import annotations

import re
from typing import NamedTuple

from yamaha_ops.config.errors import ParameterError

_BLANKS = " \t"
_SPECIAL = re.compile(r"""[ \t?#|>\\'"]""")
_NOT_BLANK = re.compile(r"""[\t?#|>\\'"]""")
_LEADING_ZERO = re.compile(r" 0\d+(?: |$)")
_MAC_COLONS = 5
_QUOTED = re.compile(r"""[\\'"#]""")


class Word(NamedTuple):
    """One word: what it means, and where it stands in the line (``line[start:end]``)."""

    text: str
    start: int
    end: int


def split(line: str) -> list[str]:
    r"""Return the words of ``line`` without quotes and escapes.

    Blanks are the space and the tab only: a full-width space is part of a text. A word that begins
    with ``#`` begins a comment, as in the examples of the reference (REF 4.64).

    Raises:
        ParameterError: A quote is not closed.
    """
    if _QUOTED.search(line):
        return [word.text for word in locate(line)]
    if line.isascii():
        return line.split()
    return [word for word in line.replace("\t", " ").split(" ") if word]


def locate(line: str) -> list[Word]:
    """Return the words of ``line`` with their places.

    Raises:
        ParameterError: A quote is not closed.
    """
    words: list[Word] = []
    position, length = 0, len(line)
    while position < length:
        if line[position] in _BLANKS:
            position += 1
            continue
        if line[position] == "#":
            break
        start = position
        text, position = _read_word(line, position)
        words.append(Word(text, start, position))
    return words


def _read_word(line: str, position: int) -> tuple[str, int]:
    parts: list[str] = []
    quote = ""
    while position < len(line):
        character = line[position]
        following = line[position + 1 : position + 2]
        if character == "\\" and following and (not quote or following in (quote, "\\")):
            parts.append(following)
            position += 2
            continue
        if quote:
            if character == quote:
                quote = ""
            else:
                parts.append(character)
        elif character in "'\"":
            quote = character
        elif character in _BLANKS:
            break
        else:
            parts.append(character)
        position += 1
    if quote:
        raise ParameterError(f"a {quote} is opened and not closed")
    return "".join(parts), position


def quote(text: str) -> str:
    r"""Return ``text`` as one word a console reads back as ``text``.

    The form is the router's own where it was recorded: double quotes, and only round the value of
    ``name=value`` (``prefix="9#"``).
    """
    if text and not _SPECIAL.search(text):
        return text
    name, equals, value = text.partition("=")
    if equals and name and not _SPECIAL.search(name):
        return f"{name}={_in_quotes(value)}"
    return _in_quotes(text)


def _in_quotes(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def join(words: list[str] | tuple[str, ...]) -> str:
    """Return the line that says ``words``; the inverse of :func:`split`."""
    line = " ".join(words)
    if is_plain(line, len(words)):
        return line
    return " ".join(map(quote, words))


def is_spelled(line: str) -> bool:
    """Say of most lines a router shows that nothing in them has another spelling.

    Lower case, single blanks, no quotes; no masks, no IPv6 addresses, no leading zeros.
    """
    if not line.islower() or not line.isascii() or _NOT_BLANK.search(line):
        return False
    if "::" in line or line.count(":") > _MAC_COLONS or "/255." in line or "/32" in line:
        return False
    zeros = " 0" in line and _LEADING_ZERO.search(line)
    return not (zeros or "  " in line or "0x" in line)


def is_plain(line: str, count: int) -> bool:
    """Say whether ``line`` is ``count`` words of which none is empty or needs quotes."""
    blanks = line.count(" ") == count - 1 and "  " not in line and line.strip(" ") == line
    return blanks and bool(line) and not _NOT_BLANK.search(line)
