"""One metric: its name and meaning, and how it is read from a scrape.

The rules: a line that a router does not print gives no sample, never 0. Counters are the router's
own. Ratios are 0..1, times are seconds, sizes bytes. Labels have few values; what grows with the
number of hosts is marked `per_host` and left out unless asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from yamaha_ops.exporter.scrape import Scrape

    Value: TypeAlias = float | bool | None
    Rows: TypeAlias = Iterable[tuple[tuple[str, ...], Value]]

PREFIX = "yamaha"
ROUTER = "router"
"""The label that every sample has: the router's name in the inventory."""

_Record = TypeVar("_Record")
Kind = Literal["gauge", "counter", "info", "stateset"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric family.

    Attributes:
        name: Without the prefix and without ``_total`` or ``_info``.
        kind: Its Prometheus type.
        help: One sentence: what it is, and what it is not.
        source: Where it comes from: a show command, or what works it out.
        read: Gives label values and value of each sample; a value of None is no sample.
        labels: Names of the labels beside ``router``.
        per_host: Whether it has a series for each host of the LAN.
    """

    name: str
    kind: Kind
    help: str
    source: str
    read: Callable[[Scrape], Rows]
    labels: tuple[str, ...] = ()
    per_host: bool = False

    @property
    def family(self) -> str:
        """The name with its prefix, as ``# TYPE`` and queries of gauges have it."""
        return f"{PREFIX}_{self.name}"

    @property
    def sample(self) -> str:
        """The name that samples carry and queries use."""
        return self.family + {"counter": "_total", "info": "_info"}.get(self.kind, "")

    def rows(self, scrape: Scrape) -> Iterator[tuple[tuple[str, ...], float]]:
        """Give the samples that there are."""
        for labels, value in self.read(scrape):
            if value is not None:
                yield labels, float(value)


@dataclass(frozen=True, slots=True)
class FromRecord(Generic[_Record]):
    """Reads samples from every record of one kind.

    Attributes:
        kind: Of record.
        each: Gives label values and value of each sample of one record.
    """

    kind: type[_Record]
    each: Callable[[_Record], Rows]

    def __call__(self, scrape: Scrape) -> Rows:
        """Read a scrape."""
        for record in scrape.records(self.kind):
            yield from self.each(record)


def from_record(kind: type[_Record], read: Callable[[_Record], Rows]) -> Callable[[Scrape], Rows]:
    """Read samples from every record of one kind."""
    return FromRecord(kind, read)


def attribute(kind: type[_Record], name: str, *labels: str) -> Callable[[Scrape], Rows]:
    """Read one attribute of every record of one kind, labelled with others."""

    def rows(record: _Record) -> Rows:
        return [(tuple([str(getattr(record, label)) for label in labels]), getattr(record, name))]

    return FromRecord(kind, rows)
