"""``show lan-map`` (REF 58.73): what hangs on the ports of the router's own switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.clock import stamp
from yamaha_ops.lab.console.screen import pad
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.lan import leases
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.lan import Lease
    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`show lan-map` needs `switch control mode manager`", "REF 58.73"),
    documented("Sections, labels and terminals of a port, Japanese", "REF 58.73"),
    assumed("Terminals of the router's own ports look like those of a switch", "REF shows none"),
    assumed("No switches; vendor, model and system of a terminal are empty", "the lab has none"),
    assumed("The English labels", "never seen"),
)

CELL: Final = 18


@operation("show lan-map", administrator=False)
def show_lan_map(caller: Caller, words: Words) -> Iterator[str]:
    """Print the LAN map: ``INTERFACE [detail]``."""
    match words:
        case (("lan1" | "bridge1" | "vlan1"),):
            detail = False
        case (("lan1" | "bridge1" | "vlan1"), "detail"):
            detail = True
        case (_,) | (_, _):
            raise Refusal(Problem.KEYWORD)
        case _:
            raise Refusal(Problem.PARAMETER_COUNT)
    router, say = caller.router, caller.say
    if router.view.value("switch", "control", "mode", default="off") != "manager":
        raise Refusal(Problem.NOT_INTERACTIVE)
    found = [lease for lease in leases(router) if lease.host.port in router.world.ports]
    if detail:
        yield "[OUI]"
        yield _row("Generated", "Sat, 04 Mar 2017 04:31:14 -0400")
    yield say("[Manager]", "[マネージャー]")
    ports = " ".join(f"{words[0]}:{port}" for port in router.world.ports)
    yield _row(say("Link up", "リンクアップ"), ports or say("none", "なし"))
    yield _row(say("Terminals", "端末数"), str(len(found)))
    for port in router.world.ports:
        yield say(f"     [Port {port}]", f"     [ポート {port}]")
        for lease in found:
            if lease.host.port == port:
                yield f"          [{lease.host.mac_address}]"
                if detail:
                    yield from _terminal(caller, lease)
    yield say("[Agent]", "[エージェント]")
    yield say("[Lost agent]", "[消失エージェント]")


def _row(label: str, value: str) -> str:
    return f"{pad(label, CELL)}: {value}".rstrip()


def _terminal(caller: Caller, lease: Lease) -> Iterator[str]:
    found = stamp(caller.router.boot_time)
    for label, value in (
        (caller.say("IP address", "IPアドレス"), lease.address),
        (caller.say("Found at", "検出時刻"), found),
        (caller.say("Kind", "種類"), ""),
        (caller.say("Vendor", "メーカー"), ""),
        (caller.say("Model", "機種名"), ""),
        (caller.say("Name", "機器名"), lease.host.name or ""),
        ("OS", ""),
        (caller.say("Comment", "コメント"), ""),
        (caller.say("Snapshot", "スナップショット"), "off"),
    ):
        yield " " * 10 + _row(label, value)
