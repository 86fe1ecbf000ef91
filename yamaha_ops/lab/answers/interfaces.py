"""``show status lan1`` and ``lan2`` (REF 58.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.console.screen import pad
from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation
from yamaha_ops.lab.text import description

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words
    from yamaha_ops.lab.world import Duplex

FIDELITY: Final = (
    recorded("`show status lan2` in Japanese, every line", "RTX830/show_status_lan"),
    recorded(
        "`PORTn: Auto Negotiation (1000BASE-T Full Duplex)`, `(Link Down)`", "seen on an RTX1210"
    ),
    assumed("The English answer", "published patterns: `Transmitted:`, `Received:`, `PORTn:` only"),
    assumed("Where the PORT lines of lan1 stand, and that lan1 has no mode line", "no recording"),
    assumed("Fast path carries 19 of 20 packets", "a share as in the recording"),
)

CELL: Final = 32
SWITCH_PORTS: Final = (1, 2, 3, 4)


def _register(interface: str) -> None:
    @operation(f"show status {interface}", administrator=False)
    def show_status(caller: Caller, words: Words) -> Iterator[str]:
        if words:
            raise Refusal(Problem.PARAMETER_COUNT)
        return _status(caller, interface)


for _interface in ("lan1", "lan2"):
    _register(_interface)


def _row(label: str, value: str) -> str:
    return pad(label, CELL) + value


def _status(caller: Caller, interface: str) -> Iterator[str]:
    router, say = caller.router, caller.say
    view, world = router.view, router.world
    mac = router.hardware.mac_addresses[interface == "lan2"]
    mtu = view.value("ip", interface, "mtu", default="1500")
    addresses = [words[0] for words in view.all("ip", interface, "address")]
    yield interface.upper()
    yield _row(say("Description:", "説明:"), description(view, interface))
    yield _row(say("IP Address:", "IPアドレス:"), addresses[-1] if addresses else "")
    yield _row(say("Ethernet Address:", "イーサネットアドレス:"), mac)
    if interface == "lan1":
        for port in SWITCH_PORTS:
            link = "1000BASE-T Full Duplex" if port in world.ports else "Link Down"
            yield _row(f"PORT{port}:", f"Auto Negotiation ({link})")
    else:
        link = "Link Down" if world.offer.prefix is None else "1000BASE-T Full Duplex"
        mode = say("Operation mode setting:", "動作モード設定:")
        yield _row(mode, f"Auto Negotiation ({link})")
    yield _row(say("Maximum Transmission Unit(MTU):", "最大パケット長(MTU):"), _octets(caller, mtu))
    yield _row(say("Promiscuous mode:", "プロミスキャスモード:"), "OFF")
    yield from _traffic(caller, getattr(world, interface), ipv6_only=interface == "lan2")


def _traffic(caller: Caller, duplex: Duplex, *, ipv6_only: bool) -> Iterator[str]:
    uptime, say = caller.router.uptime(), caller.say
    sent, sent_octets = duplex.transmit.at(uptime)
    received, received_octets = duplex.receive.at(uptime)
    sent4, received4 = (0, 0) if ipv6_only else (sent, received)
    packets = say("packets", "パケット")

    def both(name: str, count: int) -> str:
        label = say(f"  {name}(All/Fastpath):", f"  {name}(全体/ファストパス):")
        fast = duplex.fast if duplex.fast is not None and count else count * 19 // 20
        return _row(label, f"{count} {packets} / {fast} {packets}")

    yield _row(say("Transmitted:", "送信パケット:"), _total(caller, sent, sent_octets))
    yield both("IPv4", sent4)
    yield both("IPv6", sent - sent4)
    yield _row(say("Received:", "受信パケット:"), _total(caller, received, received_octets))
    yield _row("  IPv4:", f"{received4} {packets}")
    yield _row("  IPv6:", f"{received - received4} {packets}")


def _total(caller: Caller, packets: int, octets: int) -> str:
    return caller.say(
        f"{packets} packets ({octets} octets)", f"{packets} パケット({octets} オクテット)"
    )


def _octets(caller: Caller, count: str) -> str:
    return caller.say(f"{count} octets", f"{count} オクテット")
