"""How sure each behaviour of the lab is: recorded, documented or assumed, in one list.

Modules state their facts in a constant ``FIDELITY`` beside the code that behaves that way.
``python -m yamaha_ops.lab.fidelity`` prints ``docs/fidelity.md`` from them.
"""

from __future__ import annotations

import pkgutil
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import NamedTuple

import yamaha_ops.lab as package


class Basis(StrEnum):
    """What a behaviour rests on."""

    RECORDED = "recorded"
    """Seen on a router: a transcript exists, or a published program ran against it."""
    DOCUMENTED = "documented"
    """Yamaha's own words; ``REF n.n`` is a section of the command reference, edition 12.01."""
    ASSUMED = "assumed"
    """No evidence found: a careful guess that a real router may contradict."""


class Fact(NamedTuple):
    """One behaviour, what it rests on, and where that can be read."""

    behaviour: str
    basis: Basis
    source: str


def recorded(behaviour: str, source: str) -> Fact:
    """State a behaviour that was seen on a router."""
    return Fact(behaviour, Basis.RECORDED, source)


def documented(behaviour: str, source: str) -> Fact:
    """State a behaviour that Yamaha documents."""
    return Fact(behaviour, Basis.DOCUMENTED, source)


def assumed(behaviour: str, reason: str) -> Fact:
    """State a behaviour without evidence, and why it was chosen."""
    return Fact(behaviour, Basis.ASSUMED, reason)


@dataclass(frozen=True, slots=True)
class Chapter:
    """The facts of one module, under the first line of its docstring."""

    module: str
    title: str
    facts: tuple[Fact, ...]


def chapters() -> tuple[Chapter, ...]:
    """Collect the facts of every module of the lab, in the order of module names."""
    found = []
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if info.name.endswith((".demo", ".fidelity", "__main__")):
            continue
        module = import_module(info.name)
        facts: tuple[Fact, ...] = getattr(module, "FIDELITY", ())
        if facts:
            title = (module.__doc__ or info.name).strip().splitlines()[0].rstrip(".")
            found.append(Chapter(info.name.removeprefix("yamaha_ops."), title, facts))
    return tuple(found)


def document() -> str:
    """Return ``docs/fidelity.md``."""
    listed = chapters()
    counts = {
        basis: sum(fact.basis is basis for chapter in listed for fact in chapter.facts)
        for basis in Basis
    }
    summary = ", ".join(f"{number} {basis}" for basis, number in counts.items())
    lines = [
        "# How true the lab is",
        "",
        "The lab is written from published transcripts and from Yamaha's command reference,",
        "without a router at hand. This page says for each behaviour what it rests on. It is made",
        "from the code: `python -m yamaha_ops.lab.fidelity > docs/fidelity.md`.",
        "",
        "- **recorded**: seen on a router, in a transcript or by a published program;",
        "- **documented**: in Yamaha's command reference, edition 12.01 (REF and the section);",
        "- **assumed**: no evidence found; a real router may differ. Every recording is welcome.",
        "",
        f"Together: {summary}.",
        "",
        "| part | behaviour | basis | source, or why it was chosen |",
        "|---|---|---|---|",
    ]
    lines.extend(
        f"| `{chapter.module}` | {fact.behaviour} | {fact.basis} | {fact.source} |"
        for chapter in listed
        for fact in chapter.facts
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
