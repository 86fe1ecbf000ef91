"""``show ipsec sa`` (REF 58.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.gateways import gateway, remote_address
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("Totals, header, rows; English in both languages", "RTX1200/show_ipsec_sa"),
    recorded(
        "Tunnels are written with four digits, `tun[0001]esp`, on newer firmware",
        "published console text of routers",
    ),
    assumed("An SA lives 28800 seconds and is renewed without a gap", "the default lifetime"),
)

LIFE: Final = 28_800


@operation("show ipsec sa", administrator=False)
def show_ipsec_sa(caller: Caller, words: Words) -> Iterator[str]:
    """Print the SAs of the tunnels whose far end answers."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    router = caller.router
    up = [
        tunnel.number
        for tunnel in router.line.tunnels
        if tunnel.kind == "IPsec" and router.up_since(f"tunnel{tunnel.number}") is not None
    ]
    yield f"Total: isakmp:{len(up)} send:{len(up)} recv:{len(up)}"
    yield ""
    yield "sa   sgw isakmp connection   dir  life[s] remote-id"
    yield "-" * 77
    number = 0
    for tunnel in up:
        own = gateway(router.view, tunnel)
        remote = remote_address(router.view, tunnel)
        isakmp = number + 1
        for connection, direction, parent in (
            ("isakmp", "-", "-"),
            (f"tun[{tunnel:04}]esp", "send", str(isakmp)),
            (f"tun[{tunnel:04}]esp", "recv", str(isakmp)),
        ):
            number += 1
            since = router.up_since(f"tunnel{tunnel}") or 0.0
            life = LIFE - int(router.clock.now() - since) % LIFE
            yield (
                f"{number:<5} {own:<4} {parent:<4} {connection:<12} {direction:<4} "
                f"{life:<7} {remote}"
            )
