"""Transcripts: what is written is read back, and what they hold can be parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yamaha_ops.errors import ParseError
from yamaha_ops.status import has_record, parse
from yamaha_ops.status.transcript import Section, Transcript, is_transcript

if TYPE_CHECKING:
    from pathlib import Path

LINES = st.lists(
    st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30)
    | st.sampled_from(
        ["===== show arp", "=====", "\\", "\\===== x", "", "yamaha-ops transcript 1"]
    ),
    max_size=6,
)


@given(texts=st.lists(LINES, max_size=4))
def test_what_is_written_is_read_back(texts: list[list[str]]) -> None:
    sections = tuple(
        Section(f"show status lan{number}", "\n".join(lines).rstrip("\n"))
        for number, lines in enumerate(texts)
    )
    written = Transcript("RTX830", "Rev.15.02.30", "ja", "2026-01-31", sections)
    assert is_transcript(written.dumps())
    assert Transcript.loads(written.dumps()) == written


def test_an_answer_is_found_by_its_command() -> None:
    transcript = Transcript("", "", "en", "", (Section("show arp", "a"), Section("show log", "b")))
    assert transcript.answer(" Show  ARP ") == "a"
    with pytest.raises(ParseError, match="no 'show environment'") as caught:
        transcript.answer("show environment")
    assert "show arp, show log" in str(caught.value.hint)


@pytest.mark.parametrize("text", ["", "yamaha-ops transcript 2\n", "RTX830 Rev.15.02.30"])
def test_other_text_is_no_transcript(text: str) -> None:
    with pytest.raises(ParseError, match="not a transcript"):
        Transcript.loads(text)


def test_every_contributed_transcript_is_understood(transcripts: list[Path]) -> None:
    """A new transcript needs no code here: drop it into tests/transcripts/MODEL/."""
    for path in transcripts:
        for section in Transcript.loads(path.read_text(encoding="utf-8")).sections:
            refused = section.text.startswith(("Error:", "エラー:"))
            if not refused and has_record(section.command):
                parsed = parse(section.command, section.text)
                assert not parsed.unknown_lines, f"{path}: {section.command}"
