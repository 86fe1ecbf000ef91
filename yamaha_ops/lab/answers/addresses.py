"""``show ipv6 address`` (REF 57.10)."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded(
        "LAN1 with a prefix of the line and the CE address, in Japanese", "RTX830/show_ipv6_address"
    ),
    assumed(
        "`Global`, `Link-local`, `リンクローカル`, the blanks before the address", "never seen"
    ),
    assumed("Lifetimes count down from the last advertisement, every 1800 seconds", "unknown"),
    assumed(
        "LAN2 has a link-local address and is `[up]` while the line is plugged in", "never seen"
    ),
)

INTERFACES: Final = ("lan1", "lan2")
ADVERTISED_EVERY: Final = 1800


def own_address(router: EmulatedRouter) -> ipaddress.IPv6Interface | None:
    """Return LAN1's global address out of the provider's prefix, or None without a prefix."""
    prefix = router.line.prefix
    if prefix is None:
        return None
    for words in router.view.all("ipv6", "lan1", "address"):
        _, _, rest = words[0].partition("::")
        suffix, _, length = rest.partition("/")
        if "prefix@" in words[0] and length:
            base = int(prefix.network_address) + int(ipaddress.IPv6Address("::" + suffix))
            return ipaddress.IPv6Interface((base, int(length)))
    return None


def link_local(mac_address: str) -> ipaddress.IPv6Address:
    """Return the address that follows from a MAC address (EUI-64)."""
    octets = bytes.fromhex(mac_address.replace(":", ""))
    identifier = bytes([octets[0] ^ 2]) + octets[1:3] + b"\xff\xfe" + octets[3:]
    return ipaddress.IPv6Address(b"\xfe\x80" + bytes(6) + identifier)


@operation("show ipv6 address", administrator=False)
def show_ipv6_address(caller: Caller, words: Words) -> Iterator[str]:
    """Print the IPv6 addresses of one interface, or of all."""
    if len(words) > 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    if words and words[0] not in INTERFACES:
        raise Refusal(Problem.KEYWORD)
    for index, interface in enumerate(words or INTERFACES):
        if index:
            yield ""
        yield from _interface(caller, interface)


def _interface(caller: Caller, interface: str) -> Iterator[str]:
    router = caller.router
    uptime = router.uptime()
    number = INTERFACES.index(interface) + 1
    linked = bool(router.world.ports) if number == 1 else router.world.offer.prefix is not None
    received, received_octets = router.world.ipv6.receive.at(uptime)
    sent, sent_octets = router.world.ipv6.transmit.at(uptime)
    yield f"{interface.upper()} scope-id {number} [{'up' if linked else 'down'}]"
    yield f" Received:    {received} packets {received_octets} octets"
    yield f" Transmitted: {sent} packets {sent_octets} octets"
    yield ""
    local = caller.say(" Link-local     ", " リンクローカル ")
    yield f"{local}{link_local(router.hardware.mac_addresses[number - 1])}/64"
    own = own_address(router) if number == 1 else None
    if own is None:
        return
    mapping = router.line.mapping
    offer = router.world.offer
    label = caller.say(" Global         ", " グローバル     ")
    age = int(uptime % ADVERTISED_EVERY)
    left = f"{offer.preferred_seconds - age}/{offer.valid_seconds - age}"
    yield f"{label}{own} (lifetime: {left})"
    if mapping is not None:
        yield f"{label}{mapping.ce}/64"
