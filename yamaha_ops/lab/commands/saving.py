"""Slots: ``save``, ``copy config``, ``delete config``, ``show config list``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.clock import stamp
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal, Say
from yamaha_ops.lab.shell import operation
from yamaha_ops.lab.storage import SLOTS, Saved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("`セーブ中... CONFIG0 終了`", "published console text of routers"),
    documented("config0..config4, each with backups .1 and .2", "REF 56.3, 57.2"),
    documented("Comment at most 200 characters", "REF 56.3.3"),
    assumed(
        "`show config list` prints number, time and comment", "only its contents are documented"
    ),
)

NAME: Final = re.compile(r"[0-4](?:\.[12])?")
COMMENT: Final = 200


def slot_number(word: str) -> int:
    """Read a slot.

    Raises:
        Refusal: It is not 0..4.
    """
    if not word.isdigit():
        raise Refusal(Problem.INTEGER)
    if int(word) not in SLOTS:
        raise Refusal(Problem.RANGE)
    return int(word)


def stored(caller: Caller, name: str) -> Saved:
    """Return what a slot or backup holds.

    Raises:
        Refusal: The name is not 0..4.2, or nothing is there.
    """
    if not NAME.fullmatch(name):
        raise Refusal(Problem.RANGE)
    saved = caller.router.slots.get(name)
    if saved is None:
        raise Refusal(Problem.NO_SUCH_CONFIG)
    return saved


@operation("save")
def save(caller: Caller, words: Words) -> Iterator[str]:
    """Write the running configuration: ``save [SLOT [COMMENT]]``."""
    slot = slot_number(words[0]) if words else None
    comment = " ".join(words[1:])
    if len(comment) > COMMENT:
        raise Refusal(Problem.RANGE)
    by = caller.console.service if caller.console else ""
    written = caller.router.save(slot, comment, by=by)
    if caller.console is not None:
        caller.console.rollback.accept()
    yield Say.SAVED.text(japanese=caller.japanese).format(slot=written)


@operation("copy config")
def copy_config(caller: Caller, words: Words) -> Iterator[str]:
    """Copy between slots; a restart makes it act."""
    if len(words) != 2:  # noqa: PLR2004 -- from and to
        raise Refusal(Problem.PARAMETER_COUNT)
    source = stored(caller, words[0])
    copied = Saved(source.text, caller.router.clock.now(), source.comment)
    caller.router.slots.save(slot_number(words[1]), copied)
    yield from ()


@operation("delete config")
def delete_config(caller: Caller, words: Words) -> Iterator[str]:
    """Delete a slot, a backup, or ``all``."""
    if len(words) != 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    slots = caller.router.slots
    if words[0] == "all":
        default = slots.default
        slots.clear()
        slots.default = default
    elif not NAME.fullmatch(words[0]):
        raise Refusal(Problem.RANGE)
    elif not slots.delete(words[0]):
        raise Refusal(Problem.NO_SUCH_CONFIG)
    yield from ()


@operation("set-default-config")
def set_default_config(caller: Caller, words: Words) -> Iterator[str]:
    """Choose the slot of the next start."""
    if len(words) != 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    stored(caller, words[0])
    caller.router.slots.default = slot_number(words[0])
    yield from ()


@operation("show config list", "less config list", administrator=False)
def show_config_list(caller: Caller, words: Words) -> Iterator[str]:
    """List the stored configurations; the slot in use and the default one are marked."""
    if words:
        raise Refusal(Problem.PARAMETER_COUNT)
    router = caller.router
    yield caller.say("No.  Date       Time     Comment", "番号 日付       時刻     コメント")
    yield "-" * 60
    for name in router.slots.names():
        saved = stored(caller, name)
        mark = "*" if name == str(router.slots.default) else " "
        yield f"{mark}{name:<4}{stamp(saved.time)} {saved.comment}".rstrip()
