"""``show status ipv6 dhcp`` (REF 58.28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("Server and client with a delegated prefix, English", "RTX1300/show_status_ipv6_dhcp"),
    assumed(
        "The Japanese answer is the same text", "never seen; many of these answers are English"
    ),
    assumed("An `ir=on` client: `info-req:` with name servers only", "published pattern"),
    assumed("A client without an answer: `state: solicit`", "never seen"),
    assumed("`duration` is the valid lifetime, T1 half, T2 four fifths of it", "RTX1300's ratios"),
    assumed("The server prints `state: reply` once", "the recording repeats it, once a client"),
)


@operation("show status ipv6 dhcp", administrator=False)
def show_status_ipv6_dhcp(caller: Caller, words: Words) -> Iterator[str]:
    """Print each interface that serves or asks."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    view = caller.router.view
    yield "DHCPv6 status"
    for interface in ("lan1", "lan2"):
        service = view.first("ipv6", interface, "dhcp", "service")
        if service and service[0] in {"server", "client"}:
            yield ""
            yield f"  {interface.upper()} [{service[0]}]"
            if service[0] == "server":
                yield "    state: reply"
            else:
                yield from _client(caller, inform="ir=on" in service)


def _client(caller: Caller, *, inform: bool) -> Iterator[str]:
    prefix, offer = caller.router.line.prefix, caller.router.world.offer
    if prefix is None:
        yield "    state: " + ("information-request" if inform else "solicit")
        return
    yield "    state: established"
    indent = "      "
    if inform:
        yield "    info-req:"
    else:
        duration = offer.valid_seconds
        yield "    server:"
        yield f"{indent}address: ::"
        yield f"{indent}preference: 0"
        yield f"{indent}prefix: {prefix}"
        yield f"{indent}duration: {duration}"
        yield f"{indent}T1: {duration // 2}"
        yield f"{indent}T2: {duration * 4 // 5}"
        yield f"{indent}preferred lifetime: {offer.preferred_seconds}"
        yield f"{indent}valid lifetime: {duration}"
    for label, values in (
        ("DNS server", offer.dns),
        ("Domain name", offer.domains),
        ("SNTP server", offer.sntp),
    ):
        for number, value in enumerate(values, 1):
            yield f"{indent}{label}[{number}]: {value}"
