"""Fixtures around :mod:`tests.change.bench`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.change import bench
from yamaha_ops.lab import Lab, ManualClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MakeBench = Callable[..., bench.Bench]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as running:
        yield running


@pytest.fixture
def make_bench(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeBench]:
    for name, value in bench.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    started: list[bench.Bench] = []

    def make(**options: Any) -> bench.Bench:
        started.append(bench.make_bench(lab, tmp_path, **options))
        return started[-1]

    yield make
    for each in started:
        each.router.stop()
