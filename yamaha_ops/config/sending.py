"""What to send, in an order that is safe.

1. Settings go that would collide with new ones (addresses, DHCP scopes, static NAT).
2. New and changed settings come, an object before its first use. A changed setting is overwritten,
   never deleted first. PP and tunnel settings come as one block each, with the PP or tunnel down
   where the command table asks for it (REF 56.7.1, 14.2).
3. The other settings go, a reference before its object.
4. Addresses of the router move last, unless somebody else gets the old network: the session that
   sends all this may end there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.config.contexts import heading, natural, split_context
from yamaha_ops.config.network import interface_address
from yamaha_ops.config.references import Reference, defined, level, used
from yamaha_ops.config.secrets import mask
from yamaha_ops.config.setting import Key, Setting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

RISKS = {
    "resets-lan": "resets every LAN interface",
    "needs-restart": "takes effect after a restart only",
    "stops-lua": "may stop every running Lua task",
    "old-address": "sessions to the old address end",
}
"""What the words of the command table mean: ``risk`` always, ``loss`` unless a setting is new."""

_ENABLED = ("pp", "tunnel")


@dataclass(frozen=True, slots=True)
class Command:
    """One line to send.

    Attributes:
        line: What to type; it may hold a secret.
        context: The context it is typed in: ``""``, ``pp1``, ``tunnel1`` ...
        action: ``add``, ``change``, ``remove``, ``select`` (changes the context) or ``act``
            (switches a PP or tunnel off or on, makes routing settings count).
        risk: What it disturbs, or None.
    """

    line: str
    context: str
    action: str
    risk: str | None = None

    @property
    def masked(self) -> str:
        """The line without its secrets, for people and logs."""
        return mask(self.line)


def commands_for(
    added: Sequence[Setting],
    changed: Sequence[tuple[Setting, Setting]],
    removed: Sequence[Setting],
    before: Collection[Key],
    after: Collection[Key],
) -> list[Command]:
    """Return the commands for changes between two configurations.

    Args:
        added: Settings that come.
        changed: Settings that change, old and new.
        removed: Settings that go.
        before: The keys of everything that is there now.
        after: The keys of everything that will be.
    """
    return _Sender(before, after).send(added, changed, removed)


class _Sender:
    """Writes commands down, opening and closing contexts on the way."""

    def __init__(self, before: Collection[Key], after: Collection[Key]) -> None:
        self._before = before
        self._after = after
        self._commands: list[Command] = []
        self._context = ""

    def send(
        self,
        added: Sequence[Setting],
        changed: Sequence[tuple[Setting, Setting]],
        removed: Sequence[Setting],
    ) -> list[Command]:
        coming = [("add", setting) for setting in added]
        claimed = {claim for setting in added for claim in _claims(setting)}
        moving: list[Setting] = []
        for old, setting in changed:
            if not claimed.isdisjoint(_claims(old)):
                coming.insert(0, ("change", setting))
            elif "loss" in setting.entry.tags and not setting.key.context:
                moving.append(setting)
            else:
                coming.append(("change", setting))
        first, last = _split_removals(removed, coming, changed)
        kept = {key.context for key in self._after}
        blocks: dict[str, list[tuple[str, Setting]]] = defaultdict(list)
        for action, setting in coming:
            blocks[_block(setting)].append((action, setting))
        going: list[Setting] = []
        for setting in last:
            if setting.key.context in kept and setting.key.context:
                blocks[setting.key.context].append(("remove", setting))
            else:
                going.append(setting)
        for setting in sorted(first, key=_level, reverse=True):
            self._write("remove", setting)
        self._send_coming(blocks)
        self._send_going(going)
        self._leave()
        self._send_refreshes([*added, *removed, *(new for _, new in changed)])
        for setting in moving:
            self._write("change", setting)
        return self._commands

    def _send_coming(self, blocks: dict[str, list[tuple[str, Setting]]]) -> None:
        """Send what is new or changed, level by level; blocks stand at their own level."""
        single: dict[int, list[tuple[str, Setting]]] = defaultdict(list)
        whole: dict[int, list[str]] = defaultdict(list)
        for change in blocks.pop("", []):
            single[_level(change[1])].append(change)
        for block, changes in blocks.items():
            whole[max(_level(setting) for _, setting in changes)].append(block)
        for each in sorted({*single, *whole}):
            for action, setting in single[each]:
                self._write(action, setting)
            for block in sorted(whole[each], key=natural):
                self._send_block(block, blocks[block])

    def _send_block(self, block: str, changes: list[tuple[str, Setting]]) -> None:
        """Send the changes inside a PP or tunnel, with it down where that is asked for."""
        kind, number = split_context(block)
        enable = Key("", f"{kind} enable {number}")
        inside = [(action, each) for action, each in changes if each.key.context]
        down = enable in self._before and any("down" in each.entry.tags for _, each in inside)
        if down:
            risk = f"{kind} {number} goes down while it is changed"
            self._act(f"{kind} disable {number}", risk)
        for action, setting in sorted(inside, key=lambda change: change[0] == "remove"):
            self._write(action, setting)
        for action, setting in changes:
            if not setting.key.context:
                self._write(action, setting)
        if down and enable in self._after:
            self._act(enable.words)

    def _send_going(self, removed: Iterable[Setting]) -> None:
        """Send what goes, the highest level first, and what is inside of one context together."""
        units: dict[tuple[int, str], list[Setting]] = defaultdict(list)
        for setting in removed:
            units[-_level(setting), setting.key.context].append(setting)
        for _, settings in sorted(units.items(), key=lambda unit: unit[0]):
            for setting in settings:
                self._write("remove", setting)

    def _send_refreshes(self, touched: Iterable[Setting]) -> None:
        refreshes = {each.entry.tags["after"] for each in touched if "after" in each.entry.tags}
        for line in sorted(refreshes):
            self._act(line)

    def _write(self, action: str, setting: Setting) -> None:
        self._enter(setting.key.context)
        tags = setting.entry.tags
        risk = RISKS.get(tags.get("risk") or (tags.get("loss", "") if action != "add" else ""))
        for line in (setting.removal,) if action == "remove" else setting.lines:
            self._commands.append(Command(line, setting.key.context, action, risk))

    def _act(self, line: str, risk: str | None = None) -> None:
        self._leave()
        self._commands.append(Command(line, "", "act", risk))

    def _enter(self, context: str) -> None:
        if context == self._context:
            return
        if not context:
            self._leave()
            return
        if self._context and split_context(context)[0] != split_context(self._context)[0]:
            self._leave()
        self._commands.append(Command(heading(context), self._context, "select"))
        self._context = context

    def _leave(self) -> None:
        if self._context:
            kind, _ = split_context(self._context)
            self._commands.append(Command(f"{kind} select none", self._context, "select"))
            self._context = ""


def _split_removals(
    removed: Sequence[Setting],
    coming: Iterable[tuple[str, Setting]],
    changed: Iterable[tuple[Setting, Setting]],
) -> tuple[list[Setting], Sequence[Setting]]:
    """Return the removals that must come first, and the others.

    With an object that goes early, so does what uses it; while a changed setting still uses the
    object, it stays until that setting has changed.
    """
    claimed = {claim for _, setting in coming for claim in _claims(setting)}
    early = {setting.key for setting in removed if not claimed.isdisjoint(_claims(setting))}
    if not early:
        return [], removed
    still_used = {each for old, _ in changed for each in used(old)}
    gone: set[Reference] = set()
    for setting in removed:
        made = defined(setting) if setting.key in early else None
        if made in still_used:
            early.discard(setting.key)
        elif made is not None:
            gone.add(made)
    first: list[Setting] = []
    last: list[Setting] = []
    for setting in removed:
        uses_it = not setting.key.context and any(each in gone for each in used(setting))
        (first if setting.key in early or uses_it else last).append(setting)
    return first, last


def _claims(setting: Setting) -> set[str]:
    """Return what nobody else may have while ``setting`` is there: its network, or its kind."""
    if "exclusive" not in setting.entry.tags or setting.key.context:
        return set()
    networks = {str(own.network) for each in setting.values if (own := interface_address(each))}
    return networks if "loss" in setting.entry.tags else {setting.entry.template}


def _block(setting: Setting) -> str:
    """Return the block a setting is sent in: its context, or the one that it enables."""
    if setting.key.context:
        return setting.key.context
    made = setting.entry.tags.get("defines")
    if made in _ENABLED and (reference := defined(setting)):
        return f"{made}{reference.number}"
    return ""


def _level(setting: Setting) -> int:
    return level(setting.entry)
