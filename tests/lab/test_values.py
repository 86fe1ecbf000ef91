"""Values out of range are refused wherever a line comes from, in the router's own sentences."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yamaha_ops.config.table import commands
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.values import check_values, choices

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.conftest import Bench
    from yamaha_ops.lab.values import Choice

    Make = Callable[..., Bench]

CONFIGS = Path(__file__).parents[3] / "shared" / "data" / "configs"
EXAMPLES = {"interface": "lan1", "direction": "in", "gateway_id": "1", "user": "admin"}


def plain() -> list[tuple[str, Choice]]:
    """Return every command that is its key and one bounded parameter, with an example key."""
    found = []
    for entry in commands().entries:
        if entry.since == "-" or len(entry.forms) != 1 or entry.splits:
            continue
        *_, last = entry.forms[0].split()
        choice = choices(entry).get(last.strip("[]"))
        keys = [slot.literal or EXAMPLES.get(slot.name, "") for slot in entry.slots]
        if choice and all(keys) and len(entry.forms[0].split()) == len(keys) + 1:
            found.append((" ".join(keys), choice))
    return found


PLAIN = plain()


def problem(line: str) -> Problem | None:
    try:
        check_values(line)
    except Refusal as refusal:
        return refusal.problem
    return None


def test_the_table_is_in_use() -> None:
    assert len(PLAIN) > 150
    assert sum(len(choices(entry)) > 0 for entry in commands().entries) > 400


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PLAIN), st.data())
def test_what_the_reference_lists_is_taken_and_nothing_else(
    case: tuple[str, Choice], data: st.DataObject
) -> None:
    line, choice = case
    for word in choice.words:
        assert problem(f"{line} {word}") is None
        assert problem(f"{line} {word.upper()}") is None
    for low, high in choice.spans:
        inside = data.draw(st.integers(low, high))
        assert problem(f"{line} {inside}") is None
        assert problem(f"{line} {low}") is problem(f"{line} {high}") is None
    if choice.spans:
        beyond = max(high for _, high in choice.spans) + data.draw(st.integers(1, 10**9))
        assert problem(f"{line} {beyond}") is Problem.RANGE
        assert problem(f"{line} -1") is Problem.RANGE
    strange = problem(f"{line} strange")
    assert strange is (Problem.INTEGER if choice.spans and not choice.words else Problem.KEYWORD)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("console lines 101", Problem.RANGE),
        ("console lines many", Problem.KEYWORD),
        ("syslog info maybe", Problem.KEYWORD),
        ("no syslog info maybe", None),
        ("ip lan1 mtu", None),
        ("pp keepalive interval 30 retry-interval=30 count=12", None),
        ("pp keepalive interval 30 count=2", Problem.RANGE),
        ("pp keepalive interval x", Problem.INTEGER),
        ("system cpu threshold off", None),
        ("system cpu threshold 80 50 duration=10", None),
        ("system cpu threshold 80 101", Problem.RANGE),
        ("tunnel encapsulation map-e", None),
        ("tunnel encapsulation gre", Problem.KEYWORD),
        ("nat descriptor type 1000 masquerade hairpin=on", None),
        ("nat descriptor type 1000 mask", Problem.KEYWORD),
        ("nat descriptor timer 1000 29", Problem.RANGE),
        ("ip lan1 nat descriptor 1 2 reverse 3", None),
        ("ip lan1 nat descriptor 1 2 x", None),
        ("bgp import 10124 static filter 1", None),
        ("sshd service on", None),
        ("pppoe tcp mss limit 1453", Problem.RANGE),
        ("pppoe tcp mss limit auto", None),
    ],
)
def test_forms_of_every_shape(line: str, expected: Problem | None) -> None:
    assert problem(line) is expected


@pytest.mark.skipif(not CONFIGS.is_dir(), reason="the published configurations are not here")
def test_no_published_configuration_has_a_value_that_is_refused() -> None:
    lines = {
        line.strip()
        for path in CONFIGS.glob("*.conf")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert len(lines) > 900
    assert [line for line in lines if problem(line)] == []


def test_a_console_says_so_in_both_languages(bench: Make) -> None:
    terminal = bench().login().administrator()
    assert terminal.answer("ip arp timer 29") == ["エラー: パラメータが範囲を越えています"]
    assert terminal.answer("ip arp timer x") == ["エラー: パラメータは整数で指定してください"]
    assert terminal.answer("syslog info x") == ["エラー: パラメータのキーワードが認識できません"]
    terminal.type("console character en.ascii")
    assert terminal.answer("ip arp timer 29") == ["Error: Parameter out of range"]
    assert terminal.answer("ip arp timer x") == ["Error: Parameter must be an integer"]
    assert terminal.answer("syslog info x") == ["Error: Illegal keyword"]
    assert terminal.answer("ip arp timer 30") == []
    assert "ip arp timer 30" in "\n".join(terminal.answer("show config"))


def test_load_tells_and_goes_on(bench: Make) -> None:
    made = bench()
    made.router.rtfs.write("/new", b"ip arp timer 29\r\nip arp timer 31\r\nsyslog info x\r\n")
    rows = made.login().administrator().answer("load file /new no-key-generate")
    assert rows == [
        "ip arp timer 29",
        "エラー: パラメータが範囲を越えています",
        "ip arp timer 31",
        "syslog info x",
        "エラー: パラメータのキーワードが認識できません",
        "sshd host key generate *",
    ]
    assert re.findall("ip arp.*|syslog.*", made.router.running.text) == ["ip arp timer 31"]


def test_lines_of_an_embedded_file_are_its_own(bench: Make) -> None:
    made = bench()
    terminal = made.login().administrator()
    terminal.type("embedded file e.txt <<EOF", "ip arp timer 1", "EOF")
    assert made.router.running.embedded("e.txt") == b"ip arp timer 1\n"
    made.router.rtfs.write("/new", b"embedded file f.txt <<EOF\nip arp timer 1\nEOF\n")
    terminal.type("load file /new no-key-generate silent")
    assert made.router.running.embedded("f.txt") == b"ip arp timer 1\n"
