"""``show status yno`` (REF 49.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.clock import stamp
from yamaha_ops.lab.console.screen import pad
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("A connected agent, Japanese", "RTX830/show_status_yno"),
    documented("`未接続 (設定未完了)`, `未接続`, a LAS row from firmware with LAS", "REF 49.8"),
    assumed("The English answer", "never seen"),
)

CELL: Final = 18
LAS_SINCE: Final = "15.02.20"


@operation("show status yno", administrator=False)
def show_status_yno(caller: Caller, words: Words) -> Iterator[str]:
    """Print the agent's connections."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    router, say = caller.router, caller.say
    operator = router.world.yno
    used = router.view.value("yno", "use", default="off") == "on"
    connected = operator is not None and used
    fine, absent = say("OK", "正常"), say("Not connected", "未接続")
    if connected:
        cwmp = f"{fine} ({stamp(router.boot_time)})"
    else:
        cwmp = f"{absent} ({say('not configured', '設定未完了')})"
    names = ["XMPP", "GFW", *(["LAS"] if router.hardware.since(LAS_SINCE) else [])]
    yield f"{pad('CWMP', CELL)}:  {cwmp}"
    for name in names:
        yield f"{pad(name, CELL)}:  {fine if connected else absent}"
    yield f"{pad(say('Operator ID', 'オペレーターID'), CELL)}:  {operator if connected else ''}"
