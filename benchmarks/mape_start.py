"""From nothing to one answer: ``yamaha-ops mape calc ONE`` against ``python -c "import typer"``.

Run it from the project's root: ``python -m benchmarks.mape_start``.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

from benchmarks._measure import interleaved, verdict

LIMIT = 1.6
ROUNDS = 21
COMMANDS = {
    "import typer": [sys.executable, "-c", "import typer"],
    "mape calc": [
        str(Path(sys.executable).with_name("yamaha-ops")),
        "mape",
        "calc",
        "240b:10::/56",
    ],
}


def main() -> int:
    work = {
        name: partial(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)
        for name, command in COMMANDS.items()
    }
    seconds = interleaved(work, rounds=ROUNDS, warm_up=2)
    for name, spent in seconds.items():
        print(f"     {name}: {spent * 1e3:.1f} milliseconds")
    ratio = seconds["mape calc"] / seconds["import typer"]
    return 0 if verdict('mape calc ONE / python -c "import typer"', ratio, LIMIT) else 1


if __name__ == "__main__":
    sys.exit(main())
