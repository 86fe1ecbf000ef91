"""``http revision-up go``: another firmware from a web server, and a restart into it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from yamaha_ops.firmware import Revision
from yamaha_ops.lab.commands.login import confirmed
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.shell import operation

if TYPE_CHECKING:
    from yamaha_ops.lab.shell import Answer, Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("It asks `更新しますか？ (Y/N)`; the same revision writes nothing", "REF 56.7.23"),
    documented("`http revision-up permit` and `http revision-down permit` decide", "REF 4.58-4.62"),
    assumed("The router restarts by itself right after writing", "as after a TFTP firmware put"),
    assumed("What it says where nothing is to be done or nothing is there", "never seen"),
)


@operation("http revision-up go", since="15.02.01")
def revise(caller: Caller, words: Words) -> Answer:
    """Fetch the firmware that the server has, ask, write it, restart."""
    no_confirm = words[:1] == ("no-confirm",)
    if words and not no_confirm:
        raise Refusal(Problem.KEYWORD)
    router = caller.router
    offered, own = router.world.firmware_offered, Revision.parse(router.hardware.revision)
    if offered is None:
        yield caller.say("Firmware file is not found", "ファームウェアが見つかりません")
        return
    way = "up" if Revision.parse(offered) > own else "down"
    permit = router.view.value(
        "http", f"revision-{way}", "permit", default="on" if way == "up" else "off"
    )
    if Revision.parse(offered) == own or permit != "on":
        yield caller.say("No need to update firmware", "ファームウェアの更新は必要ありません")
        return
    question = caller.say("Update? (Y/N)", "更新しますか？ (Y/N)")
    if not no_confirm and not (yield from confirmed(question)):
        return
    router.hardware = replace(router.hardware, revision=offered)
    router.restart(cause="Restart by firmware revision-up")
