"""A process that is really killed, at every step of its journal, leaves a router that resumes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from tests.change import bench as benches
from yamaha_ops.change.journal import Journal, Step
from yamaha_ops.change.outcome import Result
from yamaha_ops.lab import Lab, ManualClock, Offer, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_SECONDS = 180
"""Processes take their time where many tests run at once; nothing here waits so long by itself."""
pytestmark = pytest.mark.timeout(2 * PATIENCE_SECONDS)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[benches.Bench]:
    """A bench whose routers begin with the machine's time: the victim writes real deadlines."""
    for name, value in benches.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with Lab(clock=ManualClock(datetime.now(UTC).isoformat())) as lab:
        world = World(offer=Offer(settle_seconds=0))
        bench = benches.make_bench(lab, tmp_path / "state", world=world)
        text = (benches.ROOT / "inventory.yaml").read_text(encoding="utf-8")
        text = text.replace("port: 2830", f"port: {bench.router.port}")
        (tmp_path / "inventory.yaml").write_text(text, encoding="utf-8")
        yield bench


@pytest.mark.parametrize(
    "step", [Step.ARMING, Step.ARMED, Step.SENDING, Step.SENT, Step.VERIFIED, Step.CONFIRMED]
)
def test_a_killed_apply_is_finished_or_taken_back(site: benches.Bench, step: Step) -> None:
    state = site.job.state
    command = [sys.executable, "-m", "yamaha_ops", "apply", "home", "--yes"]
    with subprocess.Popen(
        [*command, "--accept-new-host-key"],
        cwd=state.parent,
        env={**os.environ, "YAMAHA_OPS_STATE": str(state)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as victim:
        _wait_for(step, site.job.journal, victim)
        os.kill(victim.pid, signal.SIGKILL)
    if not site.job.journal.entries():
        assert site.is_new, "it was through before the signal came"
        return
    outcome = site.apply(resume_only=True)
    site.job.clock.sleep(3600)
    assert not site.job.journal.entries()
    if site.is_new:
        assert outcome.result == Result.FINISHED
    else:
        assert site.is_old
        assert outcome.result in {Result.FAILED, Result.TAKEN_BACK}
    # Whatever became of it, the router is not stuck: the next apply goes through.
    assert replace(site).apply().exit_code == 0
    assert site.is_new


def _wait_for(step: Step, journal: Journal, victim: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and victim.poll() is None:
        if any(entry.step >= step for entry in journal.entries()):
            return
    assert victim.returncode == 0, "it ended before the step, and not by itself"
