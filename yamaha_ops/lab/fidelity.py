"""How sure each behaviour of the lab is: recorded, documented or assumed, in one list.

Modules state their facts in a constant ``FIDELITY`` beside the code that behaves that way;
:mod:`yamaha_ops.lab.fidelity_page` makes ``docs/fidelity.md`` of them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


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
