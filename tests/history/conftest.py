"""Fixtures around :mod:`tests.history.site`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.history.site import Site, make_site
from yamaha_ops.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab() as running:
        yield running


@pytest.fixture
def site(
    lab: Lab,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Site]:
    made = make_site(lab, tmp_path, monkeypatch, capsys)
    yield made
    made.router.stop()
