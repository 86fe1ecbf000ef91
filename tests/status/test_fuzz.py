"""Damaged text gives a record or the parse error, quickly, and nothing else."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yamaha_ops.errors import ParseError
from yamaha_ops.status import PARSERS, as_json, parse

if TYPE_CHECKING:
    from tests.status.conftest import Recorded

COMMANDS = [name.replace("N", "1") for name, _pattern, _parser in PARSERS]


def _survives(command: str, text: str | bytes) -> None:
    try:
        parsed = parse(command, text)
    except ParseError:
        return
    as_json(parsed.record)
    assert all(isinstance(line, str) for line in parsed.unknown_lines)


def test_truncated_text(recorded: Recorded) -> None:
    data = recorded.data
    for end in range(0, len(data), max(1, len(data) // 150)):
        _survives(recorded.command, data[:end])
        _survives(recorded.command, data[end:])


def test_shuffled_and_mutated_text(recorded: Recorded) -> None:
    dice = random.Random(7)  # noqa: S311 -- a reproducible shuffle, not a secret
    lines = recorded.data.split(b"\n")
    for _ in range(40):
        dice.shuffle(lines)
        _survives(recorded.command, b"\n".join(lines))
        mutated = bytearray(recorded.data)
        for _ in range(12):
            mutated[dice.randrange(len(mutated))] = dice.randrange(256)
        _survives(recorded.command, bytes(mutated))


def test_numbers_without_end(recorded: Recorded) -> None:
    text = recorded.data.decode()
    for digit in "059":
        _survives(recorded.command, text.replace(digit, digit * 5000))


@pytest.mark.parametrize("command", COMMANDS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(text=st.text(max_size=300) | st.binary(max_size=300))
def test_random_text(command: str, text: str | bytes) -> None:
    _survives(command, text)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "unit", [" ", "a", "1 ", "説明", "(1)", "0:", "1day ", "- ", "1, ", "LAN1 "]
)
def test_long_lines_do_not_hang(command: str, unit: str) -> None:
    started = time.process_time()
    _survives(command, unit * 20_000)
    _survives(command, (unit * 40 + "\n") * 5_000)
    assert time.process_time() - started < 2
