"""luacheck's opinion, where it is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Final

from yamaha_ops.scripts.check.finding import Finding, Level
from yamaha_ops.scripts.check.library import EXTRA_GLOBALS

_LINE: Final = re.compile(r"^stdin:(\d+):(\d+): \(W(\d+)\) (.*)$", re.MULTILINE)
_SECONDS: Final = 20


def opinion(source: bytes) -> list[Finding]:
    """Return luacheck's warnings, blanks apart; none where it is not installed or does not answer.

    Its errors are syntax errors, which Lua itself has found already.
    """
    program = shutil.which("luacheck")
    if program is None:
        return []
    words = [
        *(program, "-", "--no-config", "--std", "lua51", "--formatter", "plain", "--codes"),
        *("--no-color", "--no-max-line-length", "--ignore", "6", "--globals", *EXTRA_GLOBALS),
    ]
    try:
        done = subprocess.run(  # noqa: S603 -- fixed words; the script goes in as data
            words, input=source, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    text = done.stdout.decode("latin-1")
    return [
        Finding(int(line), int(column), Level.WARNING, f"luacheck-{code}", message, "")
        for line, column, code, message in _LINE.findall(text)
    ]
