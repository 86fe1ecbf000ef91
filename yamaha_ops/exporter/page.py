"""The text that Prometheus reads, written straight from scrapes.

It is what prometheus_client would write for :func:`~yamaha_ops.exporter.exposition.families`, byte
by byte, without the objects in between: names are ours and known to be valid, so only the values
of labels have to be looked at. With a thousand routers that is most of the work of a scrape.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from prometheus_client.utils import floatToGoString

from yamaha_ops.exporter.metric import ROUTER
from yamaha_ops.exporter.metrics import METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from yamaha_ops.exporter.metric import Metric
    from yamaha_ops.exporter.scrape import Scrape

_SMALL: Final = 1e6
_ESCAPES: Final = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class _Layout:
    """How the samples of one metric are written.

    Attributes:
        metric: Whose.
        head: The lines about it.
        sample: A sample's line with a place for each label's value, the router's first, and for
            the sample's value.
    """

    def __init__(self, metric: Metric) -> None:
        self.metric = metric
        kind = "counter" if metric.kind == "counter" else "gauge"
        about = metric.help.replace("\\", r"\\").replace("\n", r"\n")
        self.head = f"# HELP {metric.sample} {about}\n# TYPE {metric.sample} {kind}\n"
        places = {name: number for number, name in enumerate((ROUTER, *metric.labels))}
        labels = ",".join(f'{name}="{{{places[name]}}}"' for name in sorted(places))
        self.sample = f"{metric.sample}{{{{{labels}}}}} {{{len(places)}}}\n"


_LAYOUTS: Final = tuple(_Layout(metric) for metric in METRICS)
HEADS: Final = tuple(layout.head for layout in _LAYOUTS)
"""The lines about each family, in their order."""


def lines(scrape: Scrape, *, per_host: bool = False) -> Iterator[tuple[str, str]]:
    """Give for each family that one router has samples of: the lines about it, and the samples."""
    for layout in _LAYOUTS:
        if per_host or not layout.metric.per_host:
            samples = "".join(_samples(layout, (scrape,)))
            if samples:
                yield layout.head, samples


def page(scrapes: Sequence[Scrape], *, per_host: bool = False) -> bytes:
    """Return the samples of all routers in the Prometheus text format, version 0.0.4.

    Args:
        scrapes: One for each router.
        per_host: Whether to give a series for each host of a LAN too.
    """
    parts: list[str] = []
    for layout in _LAYOUTS:
        if per_host or not layout.metric.per_host:
            before = len(parts)
            parts.append(layout.head)
            parts += _samples(layout, scrapes)
            if len(parts) == before + 1:
                del parts[before]
    return "".join(parts).encode()


def _samples(layout: _Layout, scrapes: Iterable[Scrape]) -> Iterable[str]:
    line = layout.sample.format
    for scrape in scrapes:
        router = scrape.router
        for labels, value in layout.metric.rows(scrape):
            told = [_escaped(label) for label in labels]
            yield line(_escaped(router), *told, _number(value))


def _escaped(value: str) -> str:
    if '"' in value or "\\" in value or "\n" in value:
        return value.translate(_ESCAPES)
    return value


def _number(value: float) -> str:
    # Small values, the common case, look the same in Go and in Python.
    if 1 <= value < _SMALL:
        return repr(value)
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]  # published without types
