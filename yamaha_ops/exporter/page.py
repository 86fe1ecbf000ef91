"""The text that Prometheus reads, written straight from scrapes.

It is what prometheus_client would write for :func:`~yamaha_ops.exporter.exposition.families`, byte
by byte, without the objects in between: names are ours and known to be valid, so only the values
of labels have to be looked at. With a thousand routers that is most of the work of a scrape.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from prometheus_client.utils import floatToGoString

from yamaha_ops.exporter.metric import ROUTER, FromRecord
from yamaha_ops.exporter.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from yamaha_ops.exporter.metric import Metric, Rows
    from yamaha_ops.exporter.scrape import Scrape

_SMALL: Final = 1e6
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class _View:
    """A scrape as the page needs it: its records by kind, and the router's name as a label."""

    def __init__(self, scrape: Scrape) -> None:
        self.scrape = scrape
        self.router = _escaped(scrape.router)
        self.records: Mapping[type, list[Any]] = defaultdict(list)
        for answer in scrape.health.answers if scrape.health else ():
            self.records[type(answer.record)].append(answer.record)


class _Layout:
    """How the samples of one metric are written.

    Attributes:
        metric: Whose.
        head: The lines about it.
    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        kind = "counter" if metric.kind == "counter" else "gauge"
        about = metric.help.replace("\\", r"\\").replace("\n", r"\n")
        self.head = f"# HELP {metric.sample} {about}\n# TYPE {metric.sample} {kind}\n"
        names = (ROUTER, *metric.labels)
        written = sorted(names)
        labels = ",".join(f'{name}="%s"' for name in written)
        self._line = f"{metric.sample}{{{labels}}} %s\n"
        # Label values come in the order of the metric and are written in that of the alphabet.
        self._ordered = itemgetter(*map(names.index, written), len(names))

    def samples(self, views: Iterable[_View]) -> Iterator[str]:
        """Write the samples of all routers."""
        line, ordered = self._line, self._ordered
        for view in views:
            router = view.router
            for labels, value in self._rows(view):
                if value is not None:
                    told = [_escaped(label) for label in labels]
                    yield line % ordered((router, *told, _number(value)))

    def _rows(self, view: _View) -> Rows:
        read = self.metric.read
        if isinstance(read, FromRecord):
            # Most metrics of most scrapes end here: the router has no such record.
            records = view.records.get(read.kind)
            return chain.from_iterable(map(read.each, records)) if records else ()
        return read(view.scrape)


_LAYOUTS: Final = tuple(_Layout(metric) for metric in METRICS)
HEADS: Final = tuple(layout.head for layout in _LAYOUTS)
"""The lines about each family, in their order."""


def lines(scrape: Scrape, *, per_host: bool = False) -> Iterator[tuple[str, str]]:
    """Give for each family that one router has samples of: the lines about it, and the samples."""
    views = (_View(scrape),)
    for layout in _LAYOUTS:
        if per_host or not layout.metric.per_host:
            samples = "".join(layout.samples(views))
            if samples:
                yield layout.head, samples


def page(scrapes: Sequence[Scrape], *, per_host: bool = False) -> bytes:
    """Return the samples of all routers in the Prometheus text format, version 0.0.4.

    Args:
        scrapes: One for each router.
        per_host: Whether to give a series for each host of a LAN too.
    """
    views = [_View(scrape) for scrape in scrapes]
    parts: list[str] = []
    for layout in _LAYOUTS:
        if per_host or not layout.metric.per_host:
            before = len(parts)
            parts.append(layout.head)
            parts += layout.samples(views)
            if len(parts) == before + 1:
                del parts[before]
    return "".join(parts).encode()


def _escaped(value: str) -> str:
    if '"' in value or "\\" in value or "\n" in value:
        return value.translate(_ESCAPES)
    return value


def _number(value: float) -> str:
    number = float(value)
    # All but large values, infinities and NaN look the same in Go and in Python.
    if -_SMALL < number < _SMALL:
        return repr(number)
    return str(floatToGoString(number))  # type: ignore[no-untyped-call]  # published without types
