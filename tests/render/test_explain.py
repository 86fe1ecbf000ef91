from __future__ import annotations

from pathlib import Path

import pytest

from yamaha_ops.inventory import Router, load
from yamaha_ops.render import lines
from yamaha_ops.render.explain import explain, meanings

INVENTORY = load(Path(__file__).parent / "lines.yaml")


@pytest.mark.parametrize("router", INVENTORY.routers.values(), ids=lambda router: router.name)
def test_every_line_has_a_section_and_a_meaning_in_both_languages(router: Router) -> None:
    told = explain(lines(router))
    bare = [each.line.text for each in told if each.meaning is None or each.reference is None]
    if "embedded file v6plus-notify.lua <<EOF" in {each.line.text for each in told}:
        assert bare[0].startswith("local ")
        assert bare[-1] == "EOF"
    else:
        assert bare == []


def test_the_meanings_are_in_the_languages_they_say() -> None:
    for section, meaning in meanings().items():
        assert meaning.english.isascii(), section
        assert not meaning.japanese.isascii(), section


def test_contexts_are_explained_too(home: Router) -> None:
    (tunnel,) = (each for each in explain(lines(home)) if each.line.text == "tunnel select 1")
    assert tunnel.reference == "56.2"
