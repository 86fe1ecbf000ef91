"""Two runs on one router must not overlap, and a crash must not leave it locked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.change.lock import locked
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from pathlib import Path
from yamaha_ops.change.lock import locked
with locked(Path(sys.argv[1]), router="home"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_refused_until_the_first_ends(tmp_path: Path) -> None:
    path = tmp_path / "home.lock"
    with (
        locked(path, router="home"),
        pytest.raises(PlanError, match="home: another run"),
        locked(path, router="home"),
    ):
        pass
    with locked(path, router="home"):
        pass


def test_a_killed_run_leaves_no_lock_behind(tmp_path: Path) -> None:
    path = tmp_path / "home.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(PlanError), locked(path, router="home"):
            pass
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
        with locked(path, router="home"):
            pass
