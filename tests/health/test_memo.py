"""What was read once is remembered, within bounds, and never in place of something else."""

from __future__ import annotations

import pytest

from tests.health.conftest import ANSWERS
from yamaha_ops.errors import ParseError
from yamaha_ops.health import Memo
from yamaha_ops.health.memo import LONGEST, MOST
from yamaha_ops.status import parse

ENVIRONMENT = ANSWERS["show environment"]


def test_the_same_text_is_the_same_record() -> None:
    memo = Memo()
    first = memo.parse("show environment", ENVIRONMENT)
    assert first == parse("show environment", ENVIRONMENT)
    assert memo.parse("show environment", ENVIRONMENT) is first


def test_another_text_or_command_is_read_anew() -> None:
    memo = Memo()
    memo.parse("show environment", ENVIRONMENT)
    busier = ENVIRONMENT.replace("1%(5sec)", "99%(5sec)")
    assert memo.parse("show environment", busier).record.cpu_5s_ratio == 0.99
    assert memo.parse("show environment", ENVIRONMENT).record.cpu_5s_ratio == 0.01
    with pytest.raises(ParseError):
        memo.parse("show arp", ENVIRONMENT)


def test_long_answers_and_many_commands_are_not_kept() -> None:
    memo = Memo()
    long = "# \n" * LONGEST + ENVIRONMENT
    assert memo.parse("show environment", long) is not memo.parse("show environment", long)
    arp = ANSWERS["show arp"]
    kept = [f"show arp {number}" for number in range(MOST + 1)]
    first = [memo.parse(command, arp) for command in kept]
    again = [memo.parse(command, arp) for command in kept]
    assert [a is b for a, b in zip(first, again, strict=True)] == [True] * MOST + [False]
