"""Metrics of any number of routers in bounded memory.

The text format wants all samples of a family together, and routers come one by one. So samples are
sorted by family in memory until that is enough, then put into a temporary file as one run with a
note of where each family stands in it; in the end each family is gathered from all runs.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from typing import TYPE_CHECKING, Final, Self

from yamaha_ops.exporter.page import HEADS, lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from yamaha_ops.exporter.scrape import Scrape

ENOUGH: Final = 4 << 20
"""Characters of samples that are kept in memory."""


class Spool:
    """Takes scrapes in any order and gives the page of all of them; use it in a ``with`` block.

    Args:
        per_host: Whether to give a series for each host of a LAN too.
        enough: Characters of samples that are kept in memory.
    """

    def __init__(self, *, per_host: bool = False, enough: int = ENOUGH) -> None:
        self._per_host = per_host
        self._enough = enough
        self._held: dict[str, list[str]] = defaultdict(list)
        self._size = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the spool
        self._runs: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def add(self, scrape: Scrape) -> None:
        """Take the samples of one router."""
        for head, samples in lines(scrape, per_host=self._per_host):
            self._held[head].append(samples)
            self._size += len(samples)
        if self._size >= self._enough:
            self._put_away()

    def page(self) -> Iterator[bytes]:
        """Give the text piece by piece, as :func:`~yamaha_ops.exporter.page.page` has it."""
        self._put_away()
        for head in HEADS:
            if head in self._runs:
                yield head.encode()
            for place, size in self._runs.get(head, ()):
                self._file.seek(place)
                yield self._file.read(size)

    def _put_away(self) -> None:
        place = self._file.seek(0, 2)
        for head, samples in self._held.items():
            data = "".join(samples).encode()
            self._runs[head].append((place, len(data)))
            place += self._file.write(data)
        self._held.clear()
        self._size = 0
