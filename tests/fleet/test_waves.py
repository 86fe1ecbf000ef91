"""Waves grow as asked for and leave nobody out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yamaha_ops.errors import InputError
from yamaha_ops.fleet import waves


def test_a_canary_then_five_then_quarters() -> None:
    sizes = [len(wave) for wave in waves(range(40), "1,5,25%")]
    assert sizes == [1, 5, 10, 10, 10, 4]


@pytest.mark.parametrize("sizes", ["", "0", "1,,2", "x", "101%", "-1", "1.5", "0%"])
def test_a_wrong_size_is_named(sizes: str) -> None:
    with pytest.raises(InputError, match="no size of a wave"):
        waves(range(3), sizes)


@given(
    total=st.integers(0, 300),
    sizes=st.lists(
        st.one_of(
            st.integers(1, 50).map(str), st.integers(1, 100).map(lambda number: f"{number}%")
        ),
        min_size=1,
        max_size=5,
    ),
)
def test_every_router_is_in_exactly_one_wave_in_order(total: int, sizes: list[str]) -> None:
    found = [item for wave in waves(range(total), ",".join(sizes)) for item in wave]
    assert found == list(range(total))
