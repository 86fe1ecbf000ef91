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
