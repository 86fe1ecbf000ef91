from __future__ import annotations

from pathlib import Path

import pytest

from yamaha_ops.inventory import Router, load
from yamaha_ops.render.explain import explain, meanings

INVENTORY = load(Path(__file__).parent / "lines.yaml")


@pytest.mark.parametrize("router", INVENTORY.routers.values(), ids=lambda router: router.name)
def test_every_line_has_a_section_and_a_meaning_in_both_languages(router: Router) -> None:
    told = explain(router)
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
    (tunnel,) = (each for each in explain(home) if each.line.text == "tunnel select 1")
    assert tunnel.reference == "56.2"


def test_numbered_lines_name_the_field_that_asks_for_them() -> None:
    told = {each.line.text: each.because for each in explain(INVENTORY.router("office-pd"))}
    assert told["ip filter 200039 reject *"] == "filters.policy"
    assert told["ip filter 304880 pass * 192.168.100.10 tcp * 443"] == "filters.forward.web"
    assert told["ip filter 220040 pass * 192.168.40.0/24 icmp * *"] == "vlans.voice"
    assert told["nat descriptor masquerade static 1000 108976 192.168.100.11 udp 8976=3074"] == (
        "filters.forward.game"
    )
    assert "filters.allow.0" in told.values()
    assert "filters.block.0" in told.values()
    assert "vlans.guest.isolated" in told.values()
    assert "schedules.weekly" in told.values()
    assert "dns.domains.corp.example" in told.values()
    assert told["ip lan1 address 192.168.100.1/24"] is None
