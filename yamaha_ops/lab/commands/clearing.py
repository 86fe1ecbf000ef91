"""``clear ...`` and other commands whose effect the lab keeps small."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`clear log` empties the log", "REF 56.4.10"),
    assumed(
        "Other `clear`, `interface reset`, `connect`, `disconnect`, `ntpdate` do nothing",
        "no state of the lab depends on them",
    ),
    assumed("`ping` prints one summary line", "the recorded layout is of a live path"),
)


@operation("clear log")
def clear_log(caller: Caller, words: Words) -> Iterator[str]:
    """Empty the log."""
    if words not in {(), ("saved",)}:
        raise Refusal(Problem.PARAMETER_COUNT)
    if not words:
        caller.router.log.clear()
    yield from ()


@operation(
    "clear account",
    "clear arp",
    "clear boot list",
    "clear dns cache",
    "clear inspection",
    "clear ip dynamic routing",
    "clear ipv6 dynamic routing",
    "clear ipv6 neighbor cache",
    "clear nat descriptor dynamic",
    "clear nat descriptor masquerade session statistics",
    "clear status",
    "connect",
    "disconnect",
    "interface reset",
    "ntpdate",
    "ospf configure refresh",
    "bgp configure refresh",
    "ipv6 ospf configure refresh",
)
def _taken(caller: Caller, words: Words) -> Iterator[str]:
    """Accept a command that leaves no trace here."""
    del caller, words
    yield from ()


@operation("ping", "ping6", administrator=False)
def ping(caller: Caller, words: Words) -> Iterator[str]:
    """Tell whether the Internet answers."""
    if not words:
        raise Refusal(Problem.PARAMETER_COUNT)
    received = 1 if caller.router.online else 0
    loss = 0 if received else 100
    yield caller.say(
        f"1 packet transmitted, {received} received, {loss}.0% packet loss",
        f"1個のパケットを送信し、{received}個のパケットを受信しました。{loss}.0%パケットロス",
    )
