from __future__ import annotations

import pytest

from yamaha_ops.firmware import FEATURES, MODELS, Revision, since, supports


@pytest.mark.parametrize("text", ["15.02.09", "Rev.15.02.09", " 15.02.09 "])
def test_a_revision_is_read_as_people_and_routers_write_it(text: str) -> None:
    assert Revision.parse(text) == Revision(15, 2, 9)
    assert str(Revision.parse(text)) == "15.02.09"


@pytest.mark.parametrize("text", ["", "15.2.9", "15.02", "15.02.09.1", "Rev 15.02.09", "latest"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a firmware revision"):
        Revision.parse(text)


def test_later_is_greater() -> None:
    assert Revision.parse("15.02.09") < Revision.parse("15.02.10") < Revision.parse("15.03.01")


def test_every_row_names_models_and_revisions_that_exist() -> None:
    for feature, row in FEATURES.items():
        assert set(row) <= set(MODELS), feature
        assert all(str(Revision.parse(first)) == first for first in row.values() if first != "?")


@pytest.mark.parametrize(
    ("feature", "model", "revision", "answer"),
    [
        ("map-e type", "RTX830", "15.02.09", False),
        ("map-e type", "RTX830", "15.02.10", True),
        ("map-e type", "RTX830", None, None),
        ("map-e type", "RTX840", None, True),
        ("map-e", "NVR510", "15.01.18", None),
        ("hb46pp", "RTX1210", "14.01.42", False),
        ("hb46pp", "RTX1210", None, False),
    ],
)
def test_yes_no_and_it_depends(
    feature: str,
    model: str,
    revision: str | None,
    answer: bool | None,  # noqa: FBT001 -- the answer that is expected
) -> None:
    known = Revision.parse(revision) if revision else None
    assert supports(feature, model, known) is answer


def test_the_first_revision_is_told_where_there_is_one() -> None:
    assert since("hb46pp", "RTX830") == Revision.parse("15.02.31")
    assert since("hb46pp", "RTX1210") is None
