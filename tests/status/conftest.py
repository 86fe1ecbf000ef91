"""Recorded console text, and what a console does to text before it arrives."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests" / "transcripts"
SHARED = ROOT.parent / "shared" / "data" / "transcripts"
EXPECTED = sorted([*OWN.glob("*/*.json"), *SHARED.glob("*/*.json")])

PUBLISHED_BREAKS = ("MAC-Addr\n", ", Remo\n", ", 25\n", ", 499\n")
"""Where the recorded texts themselves are broken at 80 columns."""


@dataclass(frozen=True)
class Recorded:
    """A recorded text and the record that is expected of it."""

    command: str
    data: bytes
    record: Any
    unchecked: re.Pattern[str]

    @property
    def unbroken(self) -> str:
        """The text as an endlessly wide console without a pager prints it."""
        text = self.data.decode().replace("\r\n", "\n").rstrip("\n")
        for end in PUBLISHED_BREAKS:
            text = text.replace(end, end[:-1])
        return re.sub("---つづく--- *", "", text).replace("\n... 省略", "")


@pytest.fixture(
    params=EXPECTED, ids=lambda path: f"{path.parents[1].parts[-3]}-{path.parent.name}-{path.stem}"
)
def recorded(request: pytest.FixtureRequest) -> Recorded:
    """Every recorded text in turn: the project's own, and those beside the project if any."""
    path: Path = request.param
    expected = json.loads(path.read_text(encoding="utf-8"))
    skipped = [
        re.escape(item).replace(r"\[\*\]", r"\[\d+\]") for item in expected.get("unchecked", [])
    ]
    return Recorded(
        expected["command"],
        path.with_suffix(".txt").read_bytes(),
        expected["record"],
        re.compile(rf"(?:{'|'.join(skipped) or '(?!)'})(?:[.\[].*)?"),
    )


@pytest.fixture(scope="session")
def transcripts() -> list[Path]:
    """Every transcript that somebody contributed (`yamaha-ops record`)."""
    return sorted(OWN.glob("*/*.transcript"))


@pytest.fixture(scope="session")
def wrap() -> Callable[[str, int], str]:
    """Break lines as the console does: behind `columns` - 1 cells, in mid token, unmarked."""

    def cells(char: str) -> int:
        return 2 if unicodedata.east_asian_width(char) in "WFA" else 1

    def broken(text: str, columns: int) -> str:
        pieces = []
        for line in text.split("\n"):
            piece, used = "", 0
            for char in line:
                if used + cells(char) > columns - 1:
                    pieces.append(piece)
                    piece, used = "", 0
                piece += char
                used += cells(char)
            pieces.append(piece)
        return "\n".join(pieces)

    return broken
