"""Lines of an answer, recognised by a table: labels, whole sentences and forms in both languages.

The console breaks lines at its width, in the middle of a token and without a mark. The width is
not in the text, but every broken piece fills it, so a break can only stand behind one of the
widest lines. Whether it does stand there is decided by the table: what begins like a line of this
answer is a line, and anything else continues the line before. Pieces are joined without a blank.

The widest line of an unbroken answer is followed by an unknown line now and then. So a break must
make sense: the joined line has a known shape, or the width is one that a console can have, or
there are more breaks at it, or at least the rest looks torn off.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from yamaha_ops.errors import ParseError
from yamaha_ops.status.framing import answer, cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Line: TypeAlias = tuple[str, str, str]
"""Key of the table, value (what stands behind a label, else the stripped line), the whole line."""

_NARROWEST_EDGE = 78
"""``console columns`` is 80 at least (REF 4.22): 79 cells, or 78 before a full-width character."""

_ENOUGH_BREAKS = 2

_LABEL_PIECES = 4
"""No label is broken more often: looking further would cost the square of a long text."""

_TORN = re.compile(r"(?!\S[^:]*:(?:\s|$))\S")
"""Begins at the margin and is no label."""

IGNORED = ""
"""The key of lines that are understood and hold nothing a record wants."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """The kinds of line that one command prints.

    Attributes:
        labels: Printed label (both languages) to key; the value stands behind ``:``.
        sentences: A whole stripped line to key.
        forms: Key to a pattern that matches the beginning of a line. It must match a line that a
            wrap has cut, so it asks for no more than makes the line unmistakable.
        whole: Key to what a complete line of that kind looks like, stripped; without an entry a
            line may end anywhere.
        continuations: Key to what continues such a line whatever the widths say.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    sentences: Mapping[str, str] = field(default_factory=dict)
    forms: Sequence[tuple[str, re.Pattern[str]]] = ()
    whole: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    continuations: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def recognise(self, line: str) -> Line | None:
        """Say which kind of line this is, or None where the table has no such line."""
        label, colon, value = line.partition(":")
        if colon and (not value or value[0].isspace()):
            key = self.labels.get(label.strip())
            if key is not None:
                return key, value.strip(), line
        if self.sentences:
            stripped = line.strip()
            key = self.sentences.get(stripped)
            if key is not None:
                return key, stripped, line
        for key, pattern in self.forms:
            if pattern.match(line):
                return key, line.strip(), line
        return None

    def read(self, text: str | bytes, command: str) -> Reader:
        """Frame the text and start reading it line by line."""
        return Reader(self, answer(text, command), command)


class Reader:
    """One pass over an answer: iterate for ``(key, value, line)``; the rest ends in `unknown`.

    A parser that recognises a line but cannot read its value hands it back with `reject`.
    """

    def __init__(self, grammar: Grammar, lines: Sequence[str], command: str) -> None:
        self._grammar = grammar
        self._lines = lines
        self._command = command
        self._understood = 0
        self._ends: frozenset[int] | None = None
        self.unknown: list[str] = []

    def __iter__(self) -> Iterator[Line]:
        """Give the recognised lines, with broken ones put together.

        Raises:
            ParseError: Text came, and not one line of it belongs to this command.
        """
        recognise = self._grammar.recognise
        held: str | None = None
        found: Line | None = None
        pieces = 0
        for index, line in enumerate(self._lines):
            here = recognise(line)
            if here is None and held is not None and self._continues(found, index):
                held += line
                pieces += 1
                if found is None and pieces <= _LABEL_PIECES:
                    found = recognise(held)
                continue
            if held is not None and (whole := self._whole(held, found, pieces)):
                yield whole
            held, found, pieces = line, here, 0
        if held is not None and (whole := self._whole(held, found, pieces)):
            yield whole
        if self.unknown and not self._understood:
            raise ParseError(
                f"this is not an answer to '{self._command}': no line of it is known",
                command=self._command,
                output="\n".join(self._lines[:3])[:300],
            )

    def reject(self, line: str) -> None:
        """Count a recognised line as not understood after all."""
        self.unknown.append(line.strip())
        self._understood -= 1

    def _whole(self, line: str, found: Line | None, pieces: int) -> Line | None:
        """Note a line that is complete; None where a record does not want it."""
        if pieces:
            found = self._grammar.recognise(line)
        if found is None:
            self.unknown.append(line.strip())
            return None
        self._understood += 1
        return found if found[0] is not IGNORED else None

    def _continues(self, found: Line | None, index: int) -> bool:
        """Whether this line, which the table does not know, is the rest of the one before."""
        forced = self._grammar.continuations.get(found[0]) if found else None
        if forced is not None and forced.match(self._lines[index]):
            return True
        if self._ends is None:
            self._ends = self._broken_lines()
        return index - 1 in self._ends

    def _broken_lines(self) -> frozenset[int]:
        """Find the physical lines that end at the console's edge and go on in the next one."""
        widths = [cells(line) for line in self._lines]
        edge = max(widths)
        suspects = [
            index
            for index, width in enumerate(widths[:-1])
            if edge - width <= 1 and self._fills(widths, edge, index)
        ]
        plausible = (
            edge >= _NARROWEST_EDGE
            or len(suspects) >= _ENOUGH_BREAKS
            or all(_TORN.match(self._lines[index + 1]) for index in suspects)
        )
        broken: set[int] = set()
        for run in _runs(suspects):
            joined = "".join(self._lines[run[0] : run[-1] + 2])
            if self._makes_sense(self._lines[run[0]], joined, plausible=plausible):
                broken.update(run)
        return frozenset(broken)

    def _fills(self, widths: Sequence[int], edge: int, index: int) -> bool:
        """Whether a line ends at the edge, with something below it that begins no line."""
        recognise, following = self._grammar.recognise, self._lines[index + 1]
        # A full-width character that finds one cell left goes to the next line as a whole.
        room = 1 if unicodedata.east_asian_width(following[0]) in "WFA" else 0
        if edge - widths[index] > room or recognise(following) is not None:
            return False
        # A complete line may end at the edge by chance. Then the next one, broken inside its
        # label, is known by what it becomes with its own rest.
        rest = "".join(self._lines[index + 2 : index + 3])
        return edge - widths[index + 1] > 1 or recognise(following + rest) is None

    def _makes_sense(self, head: str, joined: str, *, plausible: bool) -> bool:
        """Whether the joined line is a likelier reading than its head and an unknown line."""
        found = self._grammar.recognise(head)
        if found is None:
            return self._grammar.recognise(joined) is not None
        whole = self._grammar.whole.get(found[0])
        if whole is None:
            return plausible
        if whole.fullmatch(joined.strip()):
            return True
        return plausible and not whole.fullmatch(head.strip())


def _runs(numbers: Iterable[int]) -> list[list[int]]:
    """Group consecutive numbers."""
    runs: list[list[int]] = []
    for value in numbers:
        if runs and runs[-1][-1] == value - 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return runs
