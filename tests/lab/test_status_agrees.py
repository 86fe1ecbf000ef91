"""The toolkit's own parsers read every answer of the lab, in both languages, to the last line.

Both sides were written apart from the same recordings, so that this catches slips of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.errors import ParseError
from yamaha_ops.lab.world import World
from yamaha_ops.status import as_json, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.lab.conftest import Bench

    Make = Callable[..., Bench]

MORE = """\
ip route 10.0.0.0/8 gateway 192.168.100.9
pp select 1
 pp always-on on
 pppoe use lan2
 pp auth myname a b
 pp enable 1
tunnel select 2
 tunnel encapsulation ipip
 tunnel endpoint address 2001:db8::1 2001:db8::2
 tunnel enable 2
tunnel select 3
 ipsec tunnel 103
  ipsec sa policy 103 3 esp aes-cbc sha-hmac
  ipsec ike keepalive use 3 on rfc4306
  ipsec ike remote address 3 198.51.100.9
 tunnel enable 3
yno use on
"""

COMMANDS = (
    "show environment",
    "show status lan1",
    "show status lan2",
    "show status pp 1",
    "show status tunnel 1",
    "show status tunnel 3",
    "show status ipip",
    "show nat descriptor address",
    "show status dhcp",
    "show status ipv6 dhcp",
    "show ipv6 address",
    "show ip route",
    "show ip route summary",
    "show ipv6 route",
    "show ipv6 route summary",
    "show arp",
    "show ipsec sa",
    "show status lua",
    "show status yno",
    "show log",
)


UNSEEN = {
    ("show status ipip", "ja.sjis"),
    ("show status tunnel 3", "ja.sjis"),
    ("show arp", "en.ascii"),
    ("show status lua", "en.ascii"),
    ("show status yno", "en.ascii"),
}
"""Answers of which no recording in that language exists: the lab guesses, the parsers do not."""


@pytest.fixture
def made(bench: Make, v6plus: str) -> Bench:
    world = World(pppoe=True, peers=frozenset({3}), yno="op-1")
    made = bench(v6plus + MORE, world=world)
    made.clock.advance(100_000)
    return made


def read(made: Bench, command: str, character: str, columns: int) -> Any:
    terminal = made.login()
    terminal.type(f"console character {character}", f"console columns {columns}")
    terminal.type("console lines infinity")
    text = "".join(f"{row}\n" for row in terminal.answer(command))
    terminal.type("exit")
    return parse(command, text)


SEEN = [
    (command, character)
    for command in COMMANDS
    for character in ("ja.sjis", "en.ascii")
    if (command, character) not in UNSEEN
]


@pytest.mark.parametrize("columns", [80, 200])
@pytest.mark.parametrize(("command", "character"), SEEN)
def test_no_line_is_unknown(made: Bench, command: str, character: str, columns: int) -> None:
    assert read(made, command, character, columns).unknown_lines == ()


@pytest.mark.parametrize(("command", "character"), sorted(UNSEEN))
def test_a_guessed_wording_is_not_taken_for_knowledge(
    made: Bench, command: str, character: str
) -> None:
    try:
        unknown = read(made, command, character, 80).unknown_lines
    except ParseError:
        return
    assert unknown


SEEN_IN_BOTH = [
    command
    for command in COMMANDS
    if command not in {"show log", *(unseen for unseen, _ in UNSEEN)}
]


@pytest.mark.parametrize("command", SEEN_IN_BOTH)
def test_both_languages_and_widths_say_the_same(made: Bench, command: str) -> None:
    records = [
        as_json(read(made, command, character, columns).record)
        for character in ("ja.sjis", "en.ascii")
        for columns in (80, 200)
    ]
    assert all(record == records[0] for record in records)


def test_the_values_are_the_emulated_ones(made: Bench) -> None:
    def record(command: str) -> Any:
        return as_json(read(made, command, "en.ascii", 200).record)

    nat = record("show nat descriptor address")["descriptors"][0]
    assert nat["outer_address"] == "106.72.0.0"
    assert nat["port_count"] == 240
    assert nat["port_ranges"][0] == [4880, 4895]
    assert nat["sessions"] == sum(host["sessions"] for host in nat["hosts"]) == 78
    environment = record("show environment")
    assert environment["uptime_seconds"] == 100_000
    assert environment["firmware"] == "Rev.15.02.22"
    tunnel = record("show status tunnel 1")
    assert tunnel["state"] == "up"
    assert tunnel["connected_seconds"] == 99_999
    assert tunnel["receive"]["ipv4"]["packets"] == 14 * 99_999
    assert record("show status pp 1")["state"] == "connected"
    assert record("show ipsec sa")["sas"][1]["direction"] == "send"
    scope = record("show status dhcp")["scopes"][0]
    assert (scope["total"], scope["leased"], scope["available"]) == (190, 3, 187)


def test_a_tunnel_that_is_down_is_not_up(bench: Make) -> None:
    made = bench("tunnel select 1\n tunnel encapsulation map-e\n tunnel enable 1\n")
    for character in ("ja.sjis", "en.ascii"):
        record = as_json(read(made, "show status tunnel 1", character, 80).record)
        assert record.get("state") != "up"
