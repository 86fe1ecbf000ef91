"""What each rendered line means, in English and Japanese, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yamaha_ops.render.templates import Line

_SELECT = {"pp select": "56.1", "tunnel select": "56.2"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one command is for, in a few words."""

    english: str
    japanese: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A rendered line, the section of the command reference, and its meaning."""

    line: Line
    reference: str | None
    """None for a line of an embedded file."""
    meaning: Meaning | None


def explain(told: Sequence[Line]) -> tuple[Explained, ...]:
    """Explain rendered lines; a command without a meaning of ours still has its section."""
    references = _references(told)
    return tuple(
        Explained(line, references.get(number), meanings().get(references.get(number, "")))
        for number, line in enumerate(told, start=1)
    )


@cache
def meanings() -> Mapping[str, Meaning]:
    """Return the meanings by section of the command reference."""
    text = files("yamaha_ops.render").joinpath("meanings.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {section: Meaning(english, japanese) for section, english, japanese in rows}


def _references(told: Sequence[Line]) -> dict[int, str]:
    configuration = Configuration.parse("".join(f"{line.text}\n" for line in told))
    found = {
        configuration.places[key]: setting.entry.reference
        for key, setting in configuration.settings.items()
    }
    for number, line in enumerate(told, start=1):
        for start, reference in _SELECT.items():
            if line.text.startswith(start):
                found[number] = reference
    return found
