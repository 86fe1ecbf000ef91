"""What must hold of a difference, whatever the two configurations are."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from yamaha_ops.config import Configuration, difference
from yamaha_ops.config.table import commands
from yamaha_ops.config.words import quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.config import Difference
    from yamaha_ops.config.table import Entry

    Execute = Callable[[Configuration, Difference], Configuration]

_UNFIT = {"select", "action", "block", "device", "asks", "schedule"}
_ROWS = [entry for entry in commands().entries if not _UNFIT & set(entry.tags)]
_NAMES = {
    "interface": st.sampled_from(["lan1", "lan2", "lan1/1", "bridge1", "loopback1"]),
    "direction": st.sampled_from(["in", "out"]),
    "dir": st.sampled_from(["in", "out"]),
}
_NUMBERS = st.integers(1, 4).map(str)
_WORDS = st.sampled_from(
    [
        "on",
        "off",
        "1",
        "20",
        "10.0.0.1/24",
        "192.168.1.1/32",
        "2001:DB8::1",
        "a=1",
        "b=2",
        "pass",
        "*",
        "tcp,udp",
        "dynamic",
        "filter",
        "pp",
        "tunnel",
        "Text",
        "two words",
        'q"uote',
        "9#",
        "#",
    ]
)

_SECRETS = _WORDS.filter(lambda word: word != "*")
"""A mask in place of a secret is never sent; that has a test of its own."""


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """One setting of a random row, with the context it needs before it."""
    entry = draw(st.sampled_from(_ROWS))
    words = [
        slot.literal if slot.literal is not None else draw(_slot(slot.name, slot.pattern))
        for slot in entry.slots
    ]
    words += draw(_values(entry))
    line = " ".join(words)
    if entry.context == "global":
        return [line]
    kind = "pp" if entry.context == "pp_or_tunnel" else entry.context
    number = draw(_NUMBERS)
    return [f"{kind} select {number}", line, f"{kind} select none"]


def _slot(name: str, pattern: str) -> st.SearchStrategy[str]:
    if name in _NAMES:
        return _NAMES[name]
    if re.fullmatch(pattern, "1"):
        return _NUMBERS
    if re.fullmatch(pattern, "bridge1"):
        return st.just("bridge1")
    return st.from_regex(
        re.compile(pattern.replace("\\S", "[a-z0-9]").replace(".*", "")), fullmatch=True
    )


@st.composite
def _values(draw: st.DrawFn, entry: Entry) -> list[str]:
    fewest, most = entry.arity
    fewest -= entry.splits
    count = draw(
        st.integers(fewest, fewest + 3 if most is None else max(most - entry.splits, fewest))
    )
    return [
        quote(draw(_SECRETS if "secret" in entry.tags else _WORDS))
        for _ in range(min(count, fewest + 4))
    ]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """The text of a configuration of up to 25 random settings."""
    blocks = draw(st.lists(lines(), max_size=25))
    return "".join(f"{line}\n" for block in blocks for line in block)


@settings(max_examples=100, deadline=None)
@given(a=texts(), b=texts())
def test_executing_the_difference_gives_the_other_one(execute: Execute, a: str, b: str) -> None:
    first, second = Configuration.parse(a), Configuration.parse(b)
    reached = execute(first, difference(first, second))
    assert reached.canonical() == second.canonical()
    assert not difference(reached, second).commands
    assert execute(reached, difference(reached, first)).canonical() == first.canonical()


@settings(max_examples=100, deadline=None)
@given(text=texts(), seed=st.integers())
def test_equal_meaning_has_no_difference(text: str, seed: int) -> None:
    """Order, indentation, spacing and the order of contexts do not matter."""
    configuration = Configuration.parse(text)
    blocks = [(key.context, setting.lines) for key, setting in configuration.settings.items()]
    chance = random.Random(seed)  # noqa: S311 -- a shuffle, not a secret
    chance.shuffle(blocks)
    told = []
    for context, lines in blocks:
        if context:
            kind, number = re.fullmatch(r"(\D+)(\d+)", context).groups()  # type: ignore[union-attr]
            told.append(f"{kind} select {number}")
        told += [" " * chance.randint(0, 2) + line + " " * chance.randint(0, 1) for line in lines]
    other = Configuration.parse("\r\n".join(told))
    assert other.canonical() == configuration.canonical()
    assert other.digest == configuration.digest
    assert not difference(configuration, other).commands
    assert not difference(other, configuration).commands


@settings(max_examples=100, deadline=None)
@given(text=texts())
def test_what_a_router_shows_means_what_it_was_told(execute: Execute, text: str) -> None:
    told = Configuration.parse(text)
    shown = execute(told, difference(told, told))
    assert shown.canonical() == told.canonical()
    assert not shown.warnings
    assert not difference(told, shown).commands
