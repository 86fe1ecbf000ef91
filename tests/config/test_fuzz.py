"""Whatever a file holds: an answer or a clear refusal, never a crash, never a silent half."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yamaha_ops.config import (
    Circumstances,
    Configuration,
    Interpreter,
    Setting,
    check,
    difference,
    restore,
    separate,
)
from yamaha_ops.config.order import show
from yamaha_ops.config.statement import read
from yamaha_ops.config.table import commands
from yamaha_ops.errors import ConfigError
from yamaha_ops.mape import calculate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yamaha_ops.config import Difference

    Execute = Callable[[Configuration, Difference], Configuration]

WHERE = Circumstances(
    model="RTX830",
    management=(ip_address("192.168.100.9"), ip_address("2001:db8::9")),
    ports=calculate("240b:10:0:3100::/64").ports,
)
KEYWORDS = sorted(
    {slot.literal for entry in commands().entries for slot in entry.slots if slot.literal}
)
VALUES = [
    "lan1", "lan2", "1", "2", "1000", "*", "any", "pass", "reject", "in", "out", "name=x", "on",
    "192.168.100.1/24", "10.0.0.0/8", "2001:db8::/32", "tcp", "udp", "icmp", "a-b", "-", "443",
    "default", "gateway", "dhcp", "map-e", "<<EOF", "EOF", "no", "none", '"', "\\", "'", "#",
]  # fmt: skip
ANY_WORD = st.sampled_from(KEYWORDS) | st.sampled_from(VALUES) | st.text(max_size=5)
LINES = st.lists(ANY_WORD, max_size=9).map(" ".join)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


def _use(data: str | bytes) -> None:
    try:
        configuration = Configuration.parse(data)
    except ConfigError:
        return
    if isinstance(data, str):
        assert configuration.text == data
    assert not difference(configuration, configuration).commands
    assert Configuration.parse(configuration.canonical()).canonical() == configuration.canonical()
    kept, secrets = separate(configuration)
    whole = "".join(f"{line.text}\n" for line in configuration.lines)
    assert Configuration.parse(restore(kept, secrets)).digest == Configuration.parse(whole).digest
    configuration.masked()
    for finding in check(configuration, WHERE):
        assert finding.reason


@settings(max_examples=200, deadline=None)
@given(TEXTS | st.text())
def test_any_text(text: str) -> None:
    _use(text)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    _use(data)


@settings(max_examples=100, deadline=None)
@given(st.integers(0), st.integers(0), st.integers(0, 200), st.integers(0, 2))
def test_damaged_recordings(
    recorded: dict[str, Configuration], which: int, where: int, length: int, damage: int
) -> None:
    """A recorded text that is cut off, or has a piece missing or doubled."""
    text = list(recorded.values())[which % len(recorded)].text
    place = where % (len(text) + 1)
    rest = ("", text[place + length :], text[max(place - length, 0) :])[damage]
    _use(text[:place] + rest)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mixed_recordings_turn_into_each_other(
    recorded: dict[str, Configuration], execute: Execute, data: st.DataObject
) -> None:
    """Settings drawn from all the recordings together; no step uses what is not there."""
    everything = [
        setting
        for configuration in recorded.values()
        for setting in configuration.settings.values()
        if "device" not in setting.entry.tags and "*" not in setting.values[-2:]
    ]
    chosen = st.lists(st.integers(0, len(everything) - 1), max_size=60)
    a, b = (_told([everything[index] for index in data.draw(chosen)]) for _ in range(2))
    reached = execute(a, difference(a, b))
    assert reached.canonical() == b.canonical()
    assert execute(reached, difference(reached, a)).canonical() == a.canonical()


def _told(chosen: list[Setting]) -> Configuration:
    return Configuration.parse(show({each.key: each for each in chosen}.values()))


@pytest.mark.parametrize("line", ["tunnel select x", "pp select 1 2", "tunnel enable 9-1"])
def test_what_cannot_be_selected_is_refused(line: str) -> None:
    with pytest.raises(ConfigError):
        Interpreter().execute(line)
    assert Configuration.parse(line).warnings


def test_a_recorded_file_is_never_half_read(recorded_file: Path) -> None:
    """Each line is a setting, or named as none, or replaced or undone by a later line."""
    configuration = Configuration.parse(recorded_file.read_bytes())
    accounted = {warning.line for warning in configuration.warnings}
    accounted.update(configuration.places.values())
    accounted.update(line for line, _ in configuration.overwritten)
    inside = {line for each in configuration.settings.values() for line in each.lines}
    seen: set[str] = set()
    for line in reversed(configuration.lines):
        told = line.text.strip()
        if not told or told.startswith("#") or line.number in accounted or line.text in inside:
            seen.add(told)
            continue
        said_again = told in seen
        assert said_again or not isinstance(read(told), Setting), told
