"""``show ipsec sa`` (REF 58.10)."""

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
        gateway = _gateway(caller, tunnel)
        isakmp = number + 1
        for connection, direction, parent in (
            ("isakmp", "-", "-"),
            (f"tun[{tunnel:04}]esp", "send", str(isakmp)),
            (f"tun[{tunnel:04}]esp", "recv", str(isakmp)),
        ):
            number += 1
            since = router.up_since(f"tunnel{tunnel}") or 0.0
            life = LIFE - int(router.clock.now() - since) % LIFE
            remote = _printed_in(caller, tunnel, "ipsec", "ike", "remote", "address", gateway)
            yield (
                f"{number:<5} {gateway:<4} {parent:<4} {connection:<12} {direction:<4} "
                f"{life:<7} {remote}"
            )


def _gateway(caller: Caller, tunnel: int) -> str:
    """Return the security gateway of a tunnel's policy (``ipsec sa policy P G ...``)."""
    view = caller.router.view
    policy = view.value("ipsec", "tunnel", default="", context=f"tunnel{tunnel}")
    found = _printed_in(caller, tunnel, "ipsec", "sa", "policy", policy)
    return found or str(tunnel)


def _printed_in(caller: Caller, tunnel: int, *words: str) -> str:
    """Return the word after a global line, which may stand in a tunnel's block or outside."""
    view = caller.router.view
    inside = view.value(*words, default="", context=f"tunnel{tunnel}")
    return inside or view.value(*words, default="")
