"""From printed port ranges back to the PSID."""

from __future__ import annotations

import pytest

from yamaha_ops.mape import MapeError, PortSet
from yamaha_ops.mape.recognition import ranges_from_text, recognise


@pytest.mark.parametrize("offset", range(16))
def test_every_kind_of_port_set_is_recognised(offset: int) -> None:
    for psid_length in range(17 - offset):
        for psid in {0, (2**psid_length - 1) // 3, 2**psid_length - 1}:
            ports = PortSet(offset, psid_length, psid)
            found = recognise(ports.ranges)
            assert found.ranges == ports.ranges
            assert found == ports or len(ports.ranges) == 1


@pytest.mark.parametrize(
    "ranges",
    [
        (),
        ((4880, 4895), (8976, 8990)),
        ((4880, 4895), (8976, 8991)),
        ((1, 16),),
        ((60000, 64095), (49152, 59999), (44096, 49151)),
        ((4095, 4090),),
        ((5, 5),) * 3,
        tuple((n, n) for n in range(40000)),
    ],
)
def test_other_ranges_are_not_taken_for_a_port_set(ranges: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(MapeError, match="PSID"):
        recognise(ranges)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is not a list of port ranges"),
        ("4880", "is not a list of port ranges"),
        ("4880-4895,", "is not a list of port ranges"),
        ("4880-4895 8976-8991", "is not a list of port ranges"),
        ("4880-4895, 90000-90001", "ports are 0..65535"),
        ("4895-4880", "runs backwards"),
    ],
)
def test_a_damaged_list_is_refused(text: str, message: str) -> None:
    with pytest.raises(MapeError, match=message):
        ranges_from_text(text)


def test_white_space_means_nothing_in_a_list() -> None:
    assert ranges_from_text(" 4880-4895, 25\n360-25375 \r\n") == ((4880, 4895), (25360, 25375))
