"""One value is one word, and numbers stay put."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yamaha_ops.config.words import split
from yamaha_ops.render.numbers import by_words
from yamaha_ops.render.words import word, words

# A busy machine is no finding.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
printable = st.text(min_size=1, max_size=20).filter(str.isprintable)
names = st.sets(st.text(min_size=1, max_size=4), max_size=30)


@calm
@given(printable)
def test_the_router_reads_back_the_very_value(value: str) -> None:
    assert split(f"description 1 {word(value)}") == ["description", "1", value]


@calm
@given(st.lists(printable, max_size=5))
def test_a_list_becomes_as_many_words(values: list[str]) -> None:
    assert split(f"x {words(values)}") == ["x", *values]


def test_a_switch_is_on_or_off() -> None:
    assert [word(each) for each in (True, False)] == ["on", "off"]


@calm
@given(names)
def test_every_name_has_a_number_of_its_own(chosen: set[str]) -> None:
    numbered = by_words(700_000, chosen, span=1000)
    assert set(numbered) == chosen
    assert len(set(numbered.values())) == len(chosen)
    assert all(700_000 <= number < 701_000 for number in numbered.values())


@calm
@given(names, st.text(min_size=1, max_size=4))
def test_a_newcomer_moves_nobody_in_a_wide_span(chosen: set[str], newcomer: str) -> None:
    """Neighbours move only where two checksums are the same, which 2**31 numbers make rare."""
    before = by_words(0, chosen - {newcomer}, span=2**31)
    after = by_words(0, chosen | {newcomer}, span=2**31)
    assert {name: after[name] for name in before} == before
