"""The journal must tell the truth after any interruption."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from yamaha_ops.change.journal import Journal, Step, journal_of
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal" / "home.jsonl")


def test_entries_come_back_in_order_with_their_data(journal: Journal) -> None:
    journal.write(Step.PLANNED, 1.0, commands=["ip lan1 mtu 1500"])
    journal.write(Step.ARMED, 2.0, deadline=122.0)
    planned, armed = journal.entries()
    assert (planned.step, planned.data) == (Step.PLANNED, {"commands": ["ip lan1 mtu 1500"]})
    assert (armed.step, armed.at, armed.data) == (Step.ARMED, 2.0, {"deadline": 122.0})


def test_a_journal_that_was_never_written_has_no_entries(journal: Journal) -> None:
    assert journal.entries() == ()


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_last_line_hides_neither_the_lines_before_nor_those_after(
    journal: Journal, cut: int
) -> None:
    journal.write(Step.PLANNED, 1.0, note="計画")
    whole = journal.path.read_bytes()
    journal.write(Step.ARMED, 2.0, deadline=122.0)
    torn = journal.path.read_bytes()[: len(whole) + cut]
    journal.path.write_bytes(torn)
    assert [entry.step for entry in journal.entries()] == [Step.PLANNED]
    journal.write(Step.TAKING_BACK, 3.0)
    assert [entry.step for entry in journal.entries()] == [Step.PLANNED, Step.TAKING_BACK]


def test_closing_puts_the_journal_away_with_its_outcome(journal: Journal) -> None:
    journal.write(Step.PLANNED, 1.0)
    journal.close(2.0, outcome="changed")
    assert journal.entries() == ()
    (kept,) = (journal.path.parent / "done").iterdir()
    assert Journal(kept).entries()[-1].data == {"outcome": "changed"}


def test_only_the_owner_can_read_a_journal(journal: Journal) -> None:
    journal.write(Step.PLANNED, 1.0)
    assert journal.path.stat().st_mode & 0o077 == 0
    assert journal.path.parent.stat().st_mode & 0o077 == 0


def test_a_full_disk_leaves_the_entries_before_and_says_so(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.write(Step.PLANNED, 1.0)
    real = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) > 8:
            return real(file, data[:8])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(PlanError, match=r"journal cannot be written.*No space left"):
            journal.write(Step.ARMED, 2.0, deadline=122.0)
    journal.write(Step.SENDING, 3.0)
    assert [entry.step for entry in journal.entries()] == [Step.PLANNED, Step.SENDING]


def test_what_was_put_away_since_is_found_by_its_own_router_only(tmp_path: Path) -> None:
    for name, moment in (("home", 5.0), ("home", 7.0), ("home-2", 9.0)):
        journal = journal_of(tmp_path, name)
        journal.write(Step.PLANNED, moment)
        journal.close(moment, result="changed", reason=f"at {moment}")
    journal = journal_of(tmp_path, "home")
    assert (found := journal.ended_since(6.0))
    assert found.data == {"result": "changed", "reason": "at 7.0"}
    assert journal.ended_since(7.5) is None
    assert journal_of(tmp_path, "nobody").ended_since(0.0) is None
