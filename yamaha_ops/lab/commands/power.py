"""``restart`` and ``cold start``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.commands.login import confirmed
from yamaha_ops.lab.commands.saving import slot_number
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal, Say
from yamaha_ops.lab.shell import Ask, operation

if TYPE_CHECKING:
    from yamaha_ops.lab.shell import Answer, Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`restart [N]` on an RTX830 takes a configuration number only", "REF 56.7.3"),
    assumed(
        "`restart` with unsaved changes asks the save question", "long-standing habit; not in REF"
    ),
    documented(
        "`cold start` asks the administrator password and wipes slots and RTFS", "REF 56.3.11"
    ),
)


@operation("restart")
def restart(caller: Caller, words: Words) -> Answer:
    """Start again, from the default slot or from N, which becomes the default."""
    if len(words) > 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    router = caller.router
    slot = slot_number(words[0]) if words else None
    if caller.console is not None:
        question = Say.SAVE_QUESTION.text(japanese=caller.japanese)
        if router.changed and (yield from confirmed(question)):
            written = router.save(by=caller.console.service)
            yield Say.SAVED.text(japanese=caller.japanese).format(slot=written)
        caller.console.rollback.accept()
    yield Say.RESTARTING.text(japanese=caller.japanese)
    router.restart(slot)


@operation("cold start")
def cold_start(caller: Caller, words: Words) -> Answer:
    """Go back to the factory state."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    router = caller.router
    password = yield Ask("Password: ", echo=False)
    if not router.accounts.admits_administrator(router.view, password):
        raise Refusal(Problem.PASSWORD)
    router.slots.clear()
    for name in router.rtfs.listing("/"):
        router.rtfs.delete(f"/{name}")
    router.restart(cause="Restart by cold start command")
