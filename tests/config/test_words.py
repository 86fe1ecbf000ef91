from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.values import spell, spell_schedule
from yamaha_ops.config.words import join, locate, quote, split

PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs")))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ip  lan1\taddress 192.168.100.1/24 ", ["ip", "lan1", "address", "192.168.100.1/24"]),
        ('console prompt "[RTX1210] "', ["console", "prompt", "[RTX1210] "]),
        ('prefix sip prefix="9#"', ["prefix", "sip", "prefix=9#"]),
        (r"a\ b \# '?' \\ \"", ["a b", "#", "?", "\\", '"']),
        ("'it is \"quoted\"'", ['it is "quoted"']),
        (r'"a \"b\" \c"', ['a "b" \\c']),
        ('x ""', ["x", ""]),
        ("a b#c # d 'e", ["a", "b#c"]),
        ("部屋　一 b", ["部屋　一", "b"]),
    ],
)
def test_words_are_split_as_the_reference_says(line: str, words: list[str]) -> None:
    assert split(line) == words
    assert [word.text for word in locate(line)] == words


@given(st.lists(PRINTABLE.filter(lambda word: word.isspace() is False), max_size=6))
def test_joining_and_splitting_are_inverse(words: list[str]) -> None:
    line = join(words)
    assert split(line) == words
    assert [line[word.start : word.end] for word in locate(line)] == list(map(quote, words))


@pytest.mark.parametrize("line", ['description lan1 "open', "pp name it's"])
def test_an_open_quote_is_refused(line: str) -> None:
    with pytest.raises(ParameterError, match="is opened and not closed"):
        split(line)


@pytest.mark.parametrize(
    ("word", "spelled"),
    [
        ("192.168.1.1/255.255.255.0", "192.168.1.1/24"),
        ("192.168.1.2-192.168.1.9/0xFFFFFF00", "192.168.1.2-192.168.1.9/24"),
        ("10.0.0.0/255.0.255.0", "10.0.0.0/255.0.255.0"),
        ("2001:DB8:0:0::1/64", "2001:db8::1/64"),
        ("RA-prefix@LAN2::1/64", "ra-prefix@lan2::1/64"),
        ("AC:44:F2:00:00:01", "ac:44:f2:00:00:01"),
        ("0010", "10"),
        ("0", "0"),
        ("TCP", "tcp"),
        ("12:00", "12:00"),
    ],
)
def test_a_value_has_one_spelling(word: str, spelled: str) -> None:
    assert spell(word) == spelled
    assert spell(spelled) == spelled


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("0:00 * restart", "*/* 00:00:00 * restart"),
        ("*/Wed 0:5 * ntpdate a.jp", "*/Wed 00:05:00 * ntpdate a.jp"),
        ("*:30 pp 1 disconnect 1", "*/* *:30:00 pp 1 disconnect 1"),
        ("startup * lua emfs:/x.lua", "startup * lua emfs:/x.lua"),
        ("+600 * restart", "+600 * restart"),
        ("1/2 3:04:05 * x a:b", "1/2 03:04:05 * x a:b"),
    ],
)
def test_schedules_are_written_out(told: str, shown: str) -> None:
    assert " ".join(spell_schedule(told.split())) == shown
