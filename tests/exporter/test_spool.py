"""Metrics of any number of routers: the same page, in bounded memory."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.health.conftest import TableSession
from yamaha_ops.exporter import Scrape
from yamaha_ops.exporter.page import page
from yamaha_ops.exporter.spool import Spool
from yamaha_ops.health import MODULES, collect

if TYPE_CHECKING:
    from tests.health.conftest import StoppedClock


def _scrapes(scrape: Scrape, count: int) -> list[Scrape]:
    dead = Scrape("dead", scrape.time, 1.0, error="nothing answers")
    return [*(replace(scrape, router=f"東京{number}") for number in range(count)), dead]


@pytest.mark.parametrize("enough", [1, 20_000, 4 << 20])
@pytest.mark.parametrize("per_host", [False, True])
def test_the_page_is_that_of_all_at_once(
    full_scrape: Scrape, enough: int, *, per_host: bool
) -> None:
    scrapes = _scrapes(full_scrape, 7)
    with Spool(per_host=per_host, enough=enough) as spool:
        for scrape in scrapes:
            spool.add(scrape)
        assert b"".join(spool.page()) == page(scrapes, per_host=per_host)


def test_nobody_gives_an_empty_page() -> None:
    with Spool() as spool:
        assert list(spool.page()) == []


def test_memory_does_not_grow_with_the_fleet(clock: StoppedClock) -> None:
    health = collect(TableSession(), MODULES["line"], clock=clock)
    size = 0
    tracemalloc.start()
    try:
        with Spool(enough=1 << 14) as spool:
            for number in range(120):
                spool.add(Scrape(f"r{number}", clock.time(), 1.5, health))
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            for piece in spool.page():
                size += len(piece)
            peak = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert size > 200_000
    assert peak < size / 4
