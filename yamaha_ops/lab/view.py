"""Reading a configuration by its words, for the parts of the lab that act on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config import ParameterError, words

if TYPE_CHECKING:
    from collections.abc import Iterator

Words = tuple[str, ...]


def split(line: str) -> Words:
    """Split a line into words the way the console does: quotes and backslashes protect blanks."""
    try:
        return tuple(words.split(line))
    except ParameterError:  # an unfinished quote: the console takes the rest as it is
        return tuple(line.split())


class View:
    """A configuration as words in contexts: ``""``, ``tunnel1``, ``pp1``.

    Only lookups live here; what a line means is known by whoever asks for it.
    """

    __slots__ = ("_lines",)

    def __init__(self, text: str) -> None:
        self._lines: dict[str, list[Words]] = {"": []}
        context = ""
        for line in text.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            told = split(line)
            if not line.startswith(" "):
                context = ""
            if len(told) == 3 and told[1] == "select":  # noqa: PLR2004 -- `tunnel select 1`
                context = "" if told[2] == "none" else told[0] + told[2]
                self._lines.setdefault(context, [])
                continue
            self._lines[context].append(told)

    def all(self, *prefix: str, context: str = "") -> Iterator[Words]:
        """Yield what follows ``prefix`` on every line of a context that begins with it."""
        length = len(prefix)
        for line in self._lines.get(context, ()):
            if line[:length] == prefix:
                yield line[length:]

    def first(self, *prefix: str, context: str = "") -> Words | None:
        """Return what follows ``prefix`` on the last line that begins with it, or None.

        The last one counts, because entering a setting again overwrites it.
        """
        found = None
        for found in self.all(*prefix, context=context):  # noqa: B007 -- the last one is wanted
            pass
        return found

    def value(self, *prefix: str, default: str, context: str = "") -> str:
        """Return the one word after ``prefix``, or the default."""
        found = self.first(*prefix, context=context)
        return found[0] if found else default

    def numbers(self, kind: str) -> list[int]:
        """Return the selected numbers of a kind of context: ``tunnel`` or ``pp``."""
        return sorted(
            int(name.removeprefix(kind))
            for name in self._lines
            if name.startswith(kind) and name.removeprefix(kind).isdigit()
        )
