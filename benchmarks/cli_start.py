"""Starting the command line, against a bare Typer program and against importing Typer.

Run it from the project's root: ``python -m benchmarks.cli_start``.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks._measure import interleaved
from benchmarks._result import Result
from benchmarks._table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 1.6
ROUNDS = 15
PROGRAM = str(Path(sys.executable).with_name("yamaha-ops"))
BARE = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"
COMMANDS = {
    "import typer": [sys.executable, "-c", "import typer"],
    "bare Typer": [sys.executable, "-c", BARE, "--help"],
    "help": [PROGRAM, "--help"],
    "mape calc": [PROGRAM, "mape", "calc", "240b:10::/56"],
}


def results() -> Iterator[Result]:
    """Measure from nothing to the answer."""
    work = {
        name: partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)
        for name, command in COMMANDS.items()
    }
    seconds = interleaved(work, rounds=ROUNDS, warm_up=2)
    found = {name: spent * 1e3 for name, spent in seconds.items()}
    yield Result(
        "start", "yamaha-ops --help / bare Typer --help", found["help"], found["bare Typer"], "ms",
        LIMIT,
    )  # fmt: skip
    yield Result(
        "start", 'yamaha-ops mape calc ONE / python -c "import typer"', found["mape calc"],
        found["import typer"], "ms", LIMIT,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(shown(results()))
