"""The list of what is recorded, documented and assumed."""

from __future__ import annotations

from pathlib import Path

from yamaha_ops.lab.fidelity_page import chapters, document
from yamaha_ops.lab.shell import OPERATIONS, load_operations

ROOT = Path(__file__).parents[2]


def test_the_page_is_made_from_the_code() -> None:
    page = (ROOT / "docs" / "fidelity.md").read_text(encoding="utf-8")
    assert page == document(), "python -m yamaha_ops.lab.fidelity_page > docs/fidelity.md"


def test_every_module_with_show_commands_states_its_facts() -> None:
    load_operations()
    stated = {f"yamaha_ops.{chapter.module}" for chapter in chapters()}
    silent = {
        operation.handler.__module__
        for operation in OPERATIONS.values()
        if operation.handler.__module__ not in stated
    }
    assert silent == set()


def test_every_fact_says_what_it_rests_on() -> None:
    facts = [fact for chapter in chapters() for fact in chapter.facts]
    assert len(facts) > 200
    assert all(fact.behaviour.strip() and fact.source.strip() for fact in facts)
