"""Every command of docs/fleet.md runs, and its options exist."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.exporter.labs import ENVIRONMENT, site
from tests.fleet import pretending
from yamaha_ops.actions.dead import BACKOFF
from yamaha_ops.cli import main
from yamaha_ops.fleet import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parents[2] / "docs/fleet.md").read_text(encoding="utf-8")
LINES = [
    shlex.split(line.partition("  #")[0])
    for block in re.findall(r"^```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]
NEVER_ENDING = {"exporter": ("--targets", "-")}
"""What makes a command end that serves until it is told to stop."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An operator's folder with two routers in it, and a cluster that only pretends."""
    with site(tmp_path, "tokyo", "osaka") as lab, pretending.client() as client:
        text = lab.inventory.read_text(encoding="utf-8")
        labelled = text.replace("      site:", "      region: kanto\n      site:")
        lab.inventory.write_text(labelled, encoding="utf-8")

        @contextmanager
        def connected(_cluster: Cluster) -> Iterator[Any]:
            yield client

        monkeypatch.setattr(Cluster, "connected", connected)
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)
        for name in ("STATE", "HISTORY", "INVENTORY"):
            monkeypatch.delenv(f"YAMAHA_OPS_{name}", raising=False)
        monkeypatch.chdir(tmp_path)
        yield tmp_path


def test_every_command_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = [words[1:] for words in LINES if words and words[0] == "yamaha-ops"]
    assert len(commands) >= 7
    for words in commands:
        arguments = [*words, *NEVER_ENDING.get(words[0], ())]
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code in (0, None), f"{words}: {capsys.readouterr().err}"
    assert 'yamaha_up{router="tokyo"} 1.0' in (folder / "yamaha.prom").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["scheduler", "worker"])
def test_dask_knows_the_options(name: str) -> None:
    (words,) = [words for words in LINES if words[:2] == ["dask", name]]
    told = subprocess.run(
        [sys.executable, "-m", "dask", name, "--help"], capture_output=True, check=True, text=True
    ).stdout
    options = [word for word in words if word.startswith("--")]
    assert options
    assert not [option for option in options if option not in told]


def test_the_figures_are_those_of_the_code() -> None:
    assert (BACKOFF.first, BACKOFF.longest, BACKOFF.jitter) == (240.0, 900.0, 0.2)
    assert "for 4 minutes, then 8, then up to 15 (a fifth more or less" in PAGE
