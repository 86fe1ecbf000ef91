"""Why a router prints a line otherwise than it was told."""

from __future__ import annotations

import pytest

from yamaha_ops.config import Configuration
from yamaha_ops.history.rewriting import rewritten


def reasons(told: str, shown: str) -> list[str]:
    pair = (Configuration.parse(f"{text}\n") for text in (told, shown))
    return [each.reason for each in rewritten(*pair)]


@pytest.mark.parametrize(
    ("told", "shown", "reason"),
    [
        ('description lan2 "hello"', "description lan2 hello", "quotes"),
        ("IP FILTER 2 pass * *", "ip filter 2 pass * *", "lower case"),
        ("ip filter 3 pass * * tcp", "ip filter 3 pass * * tcp * *", "is what is meant without"),
        ("ip filter 1 pass * 192.168.1.1/32 tcp", "ip filter 1 pass * 192.168.1.1 tcp", "one host"),
        (
            "ipv6 lan1 rtadv send 1 o_flag=on m_flag=off",
            "ipv6 lan1 rtadv send 1 m_flag=off o_flag=on",
            "own order",
        ),
        (
            "ip lan1 address 192.168.100.1/255.255.255.0",
            "ip lan1 address 192.168.100.1/24",
            "one spelling",
        ),
    ],
)
def test_a_rewritten_line_has_a_reason(told: str, shown: str, reason: str) -> None:
    (found,) = reasons(told, shown)
    assert reason in found


def test_one_line_that_became_several_says_so() -> None:
    told, shown = "tunnel enable 1-2", "tunnel select 1\n tunnel enable 1\ntunnel select 2\n"
    assert (
        reasons(told, f"{shown} tunnel enable 2") == ["the router has a line for each number"] * 2
    )


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("ip lan2 mtu 1454", "ip lan2 mtu 1454"),
        ("ip lan2 mtu 1454", "ip lan2 mtu 1400"),
        ("ip lan2 mtu 1454", "description lan2 x"),
        ("administrator password planted", "administrator password *"),
        ("pp select 1\n pp auth myname u planted", "pp select 1\n pp auth myname u *"),
    ],
)
def test_the_same_another_value_and_a_mask_are_no_rewriting(told: str, shown: str) -> None:
    assert reasons(told, shown) == []
