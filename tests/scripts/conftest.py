"""The two fixtures of this folder: a script on trial, and a router to deliver to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.scripts.place import ADMINISTRATOR_PASSWORD, PASSWORD, LabTime, Site
from tests.scripts.trial import Trial, make_trial
from yamaha_ops.inventory import Login, Router, Secret
from yamaha_ops.lab import Lab
from yamaha_ops.lab.clock import ManualClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["ja", "en"])
def trial(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Trial:
    """A router with a MAP-E line, a minute after its start; once for each language."""
    return make_trial(monkeypatch, japanese=request.param == "ja")


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as running:
        yield running


@pytest.fixture
def site(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("HOME_PASSWORD", PASSWORD)
    monkeypatch.setenv("HOME_ADMINISTRATOR_PASSWORD", ADMINISTRATOR_PASSWORD)
    router = lab.start(password=PASSWORD, administrator_password=ADMINISTRATOR_PASSWORD)
    router.type("sftpd host any")
    entry = Router(
        name="home",
        host=router.host,
        port=router.port,
        known_hosts="first-use",
        login=Login(
            user="admin",
            password=Secret("env:HOME_PASSWORD"),
            administrator_password=Secret("env:HOME_ADMINISTRATOR_PASSWORD"),
        ),
    )
    yield Site(router, entry, tmp_path, LabTime(lab))
    router.stop()
