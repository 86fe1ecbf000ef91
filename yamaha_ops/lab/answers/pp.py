"""``show status pp N`` (REF 58.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.answers.durations import connection
from yamaha_ops.lab.fidelity import assumed, recorded
from yamaha_ops.lab.line import PpState
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation
from yamaha_ops.lab.text import counted
from yamaha_ops.lab.world import PPPOE_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words
    from yamaha_ops.lab.world import Flow

FIDELITY: Final = (
    recorded("A connected PPPoE session, English", "RTX1200/show_status_pp"),
    recorded("A connected PPPoE session, Japanese", "RTX1100/show_status_pp"),
    recorded(
        "State sentences in both languages", "RTX1210/show_status_pp_states (RTX830 15.02.33)"
    ),
    assumed("What else is printed while not connected: nothing", "sentences recorded alone"),
    assumed("A name server's addresses and the far end of a PPPoE session", "made up for the lab"),
)

SENTENCES: Final = {
    PpState.CONNECTED: (
        "Current PPPoE session status is Connected.",
        "PPPoEセッションは接続されています",
    ),
    PpState.CONNECTING: (
        "Current PPPoE session status is In connecting process.",
        "PPPoEセッションは接続処理中です",
    ),
    PpState.NEVER_CONNECTED: (
        "Current PPPoE session status is Offline, never connected.",
        "PPPoEセッションは一度も継っていません",
    ),
    PpState.DISABLED: (
        "Current PPPoE session status is disabled.",
        "PPPoEセッションは現在使用できません",
    ),
    PpState.NOT_CONFIGURED: ("Current line status is disabled.", "回線は現在使用できません"),
}
NAME_SERVERS: Final = ("192.0.2.1", "192.0.2.2")
REMOTE: Final = "203.0.113.1"


@operation("show status pp", administrator=False)
def show_status_pp(caller: Caller, words: Words) -> Iterator[str]:
    """Print one PP."""
    selected = caller.context.removeprefix("pp") if caller.context.startswith("pp") else ""
    number = words[0] if words else selected
    if len(words) > 1 or not number:
        raise Refusal(Problem.PARAMETER_COUNT)
    if not number.isdigit():
        raise Refusal(Problem.INTEGER)
    yield from _status(caller, int(number))


def _status(caller: Caller, number: int) -> Iterator[str]:
    router, say = caller.router, caller.say
    described = router.view.first("description", "pp", context=f"pp{number}")
    state = router.line.pps.get(number, PpState.NOT_CONFIGURED)
    since = router.up_since(f"pp{number}")
    if state is PpState.CONNECTED and since is None:
        state = PpState.CONNECTING
    text = " ".join(described) if described else ""
    yield f"PP[{number:02}]:"
    yield say("Description: ", "説明:" + (" " if text else "")) + text
    yield say(*SENTENCES[state])
    if state is not PpState.CONNECTED or since is None:
        return
    elapsed = router.clock.now() - since
    lasted = connection(elapsed, japanese=caller.japanese)
    yield say("Access Concentrator: ", "接続相手: ") + "BAS"
    yield say(f"{lasted}  connection.", f"通信時間: {lasted}")
    yield say("Received: ", "受信: ") + _load(caller, router.world.tunnel.receive, elapsed)
    yield say("Transmitted: ", "送信: ") + _load(caller, router.world.tunnel.transmit, elapsed)
    # "Cofigure" is the firmware's own spelling.
    yield say("PPP Cofigure Options", "PPPオプション")
    first, second = NAME_SERVERS
    yield "    LCP Local: Magic-Number MRU, Remote: CHAP Magic-Number MRU"
    yield (f"    IPCP Local: Primary-DNS({first}) Secondary-DNS({second}), Remote: IP-Address")
    yield f"    PP IP Address Local: {PPPOE_ADDRESS}, Remote: {REMOTE}"
    yield "    CCP: None"


def _load(caller: Caller, flow: Flow, elapsed: float) -> str:
    packets, octets = flow.at(elapsed)
    return caller.say(
        f"{counted(packets, 'packet')} [{counted(octets, 'octet')}]  Load: 0.0%",
        f"{packets} パケット [{octets} オクテット]  負荷: 0.0%",
    )
