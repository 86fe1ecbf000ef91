"""What journals that were put away say of a change: the last word, should the book not have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.change.journal import Entry, Journal, Step
from yamaha_ops.change.outcome import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def put_away(state: Path, router: str, fingerprint: str) -> list[str]:
    """Return the names of the closed journals of a plan."""
    return [path.name for path, _ in _of_plan(state, router, fingerprint)]


def last_word(state: Path, router: str, fingerprint: str, before: list[str]) -> Outcome | None:
    """Return how a plan ended that had got to its end before the book could say so.

    Args:
        state: The toolkit's state folder.
        router: Inventory name.
        fingerprint: Of the plan.
        before: Journals of the same plan that were there before it was set under way. No clock is
            asked: it may have been set meanwhile.
    """
    for path, entries in _of_plan(state, router, fingerprint):
        done = next((each.data for each in entries if each.step is Step.DONE), None)
        if done and path.name not in before:
            plan = entries[0].data["plan"]
            result = Result(done["result"])
            if result is Result.UNCHANGED:  # put away by `apply --abandon`: a person has looked
                result = Result.FAILED
            return Outcome(router, result, done["reason"], len(plan["commands"]))
    return None


def _of_plan(
    state: Path, router: str, fingerprint: str
) -> Iterator[tuple[Path, tuple[Entry, ...]]]:
    for path in sorted((state / "journal" / "done").glob(f"{router}-*.jsonl")):
        entries = Journal(path).entries()
        if entries and entries[0].data.get("plan", {}).get("fingerprint") == fingerprint:
            yield path, entries
