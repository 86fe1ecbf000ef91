"""``docs/fidelity.md``, made from what the lab's modules state of themselves.

Run: ``python -m yamaha_ops.lab.fidelity_page > docs/fidelity.md``.
"""

from __future__ import annotations

import pkgutil
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import yamaha_ops.lab as package
from yamaha_ops.lab.fidelity import Basis

if TYPE_CHECKING:
    from yamaha_ops.lab.fidelity import Fact


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
        if info.name.endswith((".demo", ".fidelity_page")):
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
        "from the code: `python -m yamaha_ops.lab.fidelity_page > docs/fidelity.md`.",
        "",
        "- **recorded**: seen on a router, in a transcript or by a published program; a name such",
        "  as `RTX830/show_status_lan` is recorded console text of that command on that model;",
        "- **documented**: in Yamaha's command reference, edition 12.01 (REF and the section);",
        "- **assumed**: no evidence found; a real router may differ. Every recording is welcome.",
        "",
        f"Together: {summary}.",
        "",
        "What the tool itself takes for granted is in [assumptions](assumptions.md).",
        "",
        "| part | behaviour | basis | source, or why it was chosen |",
        "|---|---|---|---|",
    ]
    lines.extend(
        f"| `{chapter.module}` | {_cell(fact.behaviour)} | {fact.basis} | {_cell(fact.source)} |"
        for chapter in listed
        for fact in chapter.facts
    )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(document())
