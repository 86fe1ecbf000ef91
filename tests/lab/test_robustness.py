"""Nothing that is typed, and no published configuration, brings a console down."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yamaha_ops.lab.shell import OPERATIONS, load_operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.conftest import Bench

    Make = Callable[..., Bench]

CONFIGS = Path(__file__).parents[3] / "shared" / "data" / "configs"
SHOWS = (
    "show config",
    "show environment detail",
    "show status lan1",
    "show status tunnel",
    "show status ipip",
    "show nat descriptor address all detail",
    "show nat descriptor masquerade session summary",
    "show nat descriptor masquerade session statistics",
    "show ip route",
    "show ipv6 route",
    "show ipv6 address",
    "show status dhcp",
    "show status dhcp summary",
    "show status ipv6 dhcp",
    "show ipsec sa",
    "show status yno",
    "show status lua",
    "show config list",
    "show techinfo",
)

load_operations()
WORDS = [
    *sorted({word for name in OPERATIONS for word in name}),
    "lan1", "1", "0", "-1", "*", "none", "all", "default", "gateway", "no", "|", "grep", "[", '"',
    "\\", "?", "<<EOF", "回線", "config", "file", "/lua", "silent", "+5", "9:99", "startup",
]  # fmt: skip
DANGEROUS = {"restart", "exit", "quit", "cold"}


@pytest.mark.skipif(not CONFIGS.is_dir(), reason="the published configurations are not here")
@pytest.mark.parametrize(
    "path", sorted(CONFIGS.glob("*.conf")) if CONFIGS.is_dir() else [], ids=lambda path: path.stem
)
def test_every_published_configuration_starts_and_answers(bench: Make, path: Path) -> None:
    made = bench("\n" + path.read_text(encoding="utf-8") + "\npp select none\n")
    made.clock.advance(30)
    terminal = made.login()
    terminal.type("console lines infinity")
    if terminal.closed:
        pytest.skip("this configuration lets nobody in")
    terminal.console.administrator = True
    for command in SHOWS:
        assert terminal.type(command).endswith("# "), command
    assert not terminal.closed


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=4))
def test_whatever_is_typed_a_prompt_comes_back(bench: Make, lines: list[list[str]]) -> None:
    terminal = bench().login().administrator()
    terminal.type("console lines infinity")
    for words in lines:
        if DANGEROUS & set(words):
            continue
        terminal.type(" ".join(words))
        # Close blocks, answer questions and passwords.
        terminal.keys("\rEOF\r\x03n\x15\x03")
        assert not terminal.closed
    assert terminal.type("").endswith("# ")


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.binary(max_size=200))
def test_any_bytes_are_survived(bench: Make, data: bytes) -> None:
    terminal = bench().login()
    terminal.console.feed(data)
    terminal.console.feed(b"\x11\x03\x03")
    assert not terminal.closed
