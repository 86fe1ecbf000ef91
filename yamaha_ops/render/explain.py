"""What each rendered line means, in English and Japanese, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration
from yamaha_ops.render import lines
from yamaha_ops.render.context import context, reasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from yamaha_ops.inventory import Router
    from yamaha_ops.render.templates import Line

_SELECT = {"pp select": "56.1", "tunnel select": "56.2"}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one command is for, in a few words."""

    english: str
    japanese: str


@dataclass(frozen=True, slots=True)
class Explained:
    """A rendered line, the section of the command reference, its meaning, and who asks for it."""

    line: Line
    reference: str | None
    """None for a line of an embedded file."""
    meaning: Meaning | None
    because: str | None
    """The field of the inventory behind a filter, a NAT entry or a schedule."""


def explain(router: Router, *, templates: Path | None = None) -> tuple[Explained, ...]:
    """Explain a rendering; a command without a meaning of ours still has its section.

    Raises:
        RenderError: See :func:`yamaha_ops.render.lines`.
    """
    told = lines(router, templates=templates)
    references = _references(told)
    asked = reasons(context(router))
    return tuple(
        Explained(
            line,
            references.get(number),
            meanings().get(references.get(number, "")),
            next((field for start, field in asked.items() if _begins(line.text, start)), None),
        )
        for number, line in enumerate(told, start=1)
    )


def _begins(text: str, start: str) -> bool:
    return f"{text} ".startswith(start if start.endswith("=") else f"{start} ")


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
