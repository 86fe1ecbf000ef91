"""``show status tunnel`` and ``show status ipip`` (REF 58.41, 58.23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.answers.durations import connection
from yamaha_ops.lab.clock import stamp
from yamaha_ops.lab.console.screen import right
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.gateways import keepalive
from yamaha_ops.lab.line import Tunnel
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation
from yamaha_ops.lab.text import counted
from yamaha_ops.lab.world import SILENCE, Flow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("A MAP-E tunnel that is up, in Japanese, every line", "RTX830/show_status_tunnel"),
    recorded("English lines of a tunnel that is up", "RTX810/show_status_tunnel, RTX1300"),
    recorded("`show status ipip` in English", "RTX1300/show_status_ipip"),
    assumed(
        "`Current status is Offline.`, `トンネルインタフェースは接続されていません`", "never seen"
    ),
    assumed("A tunnel that is down shows no time and no counters", "never seen"),
    assumed("`show status ipip` in Japanese", "never seen"),
    documented("`show status tunnel up`, `... down` list tunnels; text assumed", "REF 58.41"),
    recorded("The keepalive of an IPsec tunnel, English", "RTX810/show_status_tunnel"),
    assumed("The keepalive in Japanese; none where it is not switched `on`", "never seen"),
    assumed("Without a number every tunnel is shown", "REF only names the forms"),
)

KEEPALIVE_CELL: Final = 17


@operation("show status tunnel", administrator=False)
def show_status_tunnel(caller: Caller, words: Words) -> Iterator[str]:
    """Print one tunnel, all of them, or the list of those that are up or down."""
    router = caller.router
    if len(words) > 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    if words and words[0] in {"up", "down"}:
        for tunnel in router.line.tunnels:
            if (router.up_since(f"tunnel{tunnel.number}") is not None) == (words[0] == "up"):
                yield f"TUNNEL[{tunnel.number}]"
        return
    if not words:
        numbers = [tunnel.number for tunnel in router.line.tunnels]
    elif words[0].isdigit():
        numbers = [int(words[0])]
    else:
        raise Refusal(Problem.KEYWORD)
    for number in numbers:
        tunnel = router.line.tunnel(number) or Tunnel(number, "IPsec", up=False, answered=False)
        yield from _tunnel(caller, tunnel)


def _tunnel(caller: Caller, tunnel: Tunnel) -> Iterator[str]:
    router, say = caller.router, caller.say
    words = router.view.first("description", "tunnel", context=f"tunnel{tunnel.number}")
    described = " ".join(words[:1]) if words else ""
    yield f"TUNNEL[{tunnel.number}]:"
    yield say("Description:", "説明:") + (f" {described}" if described else "")
    yield say("  Interface type: ", "  インタフェースの種類: ") + tunnel.kind
    mapping = router.line.mapping
    if tunnel.kind == "MAP-E" and tunnel.up and mapping is not None:
        yield f"  IPv6: {mapping.ce}"
    yield from _state(caller, tunnel)
    if tunnel.kind == "IPsec":
        yield from _keepalive(caller, tunnel)


def _keepalive(caller: Caller, tunnel: Tunnel) -> Iterator[str]:
    router, say = caller.router, caller.say
    since = router.up_since(f"tunnel{tunnel.number}")
    asked = keepalive(router.view, tunnel.number)
    if asked is None or since is None:
        return
    left = asked.interval - int(router.clock.now() - since) % asked.interval
    yield say("  IKE keepalive:", "  IKEキープアライブ:")
    for label, value in (
        (say("[Type]: ", "[タイプ]: "), asked.kind),
        (say("[Status]: ", "[状態]: "), "OK"),
        (say("[Next send]: ", "[次の送信]: "), say(f"{left} sec after", f"{left} 秒後")),
    ):
        yield right(label, KEEPALIVE_CELL) + value


def _state(caller: Caller, tunnel: Tunnel) -> Iterator[str]:
    router, say = caller.router, caller.say
    since = router.up_since(f"tunnel{tunnel.number}")
    if since is None:
        yield say("  Current status is Offline.", "  トンネルインタフェースは接続されていません")
        return
    # The blanks behind the Japanese sentence are the router's own.
    yield say(
        "  Current status is Online.", "  トンネルインタフェースは接続されています" + " " * 17
    )
    elapsed = router.clock.now() - since
    lasted = connection(elapsed, japanese=caller.japanese)
    if caller.japanese:
        yield f"  開始: {stamp(since)}"
        yield f"  通信時間: {lasted}"
    else:
        yield f"  from {stamp(since)}."
        yield f"  {lasted}  connection."
    flow = router.world.tunnel
    yield from _counters(
        caller, "Received:    ", "受信: ", flow.receive if tunnel.answered else SILENCE, elapsed
    )
    yield from _counters(caller, "Transmitted: ", "送信: ", flow.transmit, elapsed)


def _counters(caller: Caller, en: str, ja: str, flow: Flow, elapsed: float) -> Iterator[str]:
    packets, octets = flow.at(elapsed)
    if caller.japanese:
        yield f"  {ja}(IPv4) {packets} パケット [{octets} オクテット]"
        yield "        (IPv6) 0 パケット [0 オクテット]"
    else:
        yield f"  {en}(IPv4) {counted(packets, 'packet')} [{counted(octets, 'octet')}]"
        yield "               (IPv6) 0 packet [0 octet]"


@operation("show status ipip", administrator=False)
def show_status_ipip(caller: Caller, words: Words) -> Iterator[str]:
    """Print every IPIP tunnel."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    tunnels = [tunnel for tunnel in caller.router.line.tunnels if tunnel.kind == "IPIP"]
    yield "------------------- IPIP INFORMATION -------------------"
    yield caller.say(f"Number of IPIP tunnels: {len(tunnels)}", f"IPIPトンネル数: {len(tunnels)}")
    for tunnel in tunnels:
        yield f"TUNNEL[{tunnel.number}]: "
        yield from _state(caller, tunnel)
        if tunnel.remote:
            label = caller.say("  Remote endpoint address: ", "  接続先アドレス: ")
            yield label + tunnel.remote
