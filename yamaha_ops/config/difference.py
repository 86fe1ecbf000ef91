"""The commands that turn one configuration into another, in an order that is safe to send.

1. Settings go that would collide with new ones (addresses, DHCP scopes, static NAT).
2. New and changed settings come, an object before its first use. A changed setting is overwritten,
   never deleted first. PP and tunnel settings come as one block each, with the PP or tunnel down
   where the command table asks for it (REF 56.7.1, 14.2).
3. The other settings go, a reference before its object.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yamaha_ops.config.collector import paused_collector
from yamaha_ops.config.contexts import heading, natural, split_context
from yamaha_ops.config.references import Reference, defined, level, used
from yamaha_ops.config.secrets import MASK, mask, secrets_of
from yamaha_ops.config.statement import Key, Setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from yamaha_ops.config.configuration import Configuration

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


@dataclass(frozen=True, slots=True)
class Difference:
    """What separates two configurations, and the commands that close the gap."""

    commands: tuple[Command, ...] = ()
    added: tuple[Setting, ...] = ()
    removed: tuple[Setting, ...] = ()
    changed: tuple[tuple[Setting, Setting], ...] = ()
    warnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.commands)


@paused_collector()
def difference(a: Configuration, b: Configuration) -> Difference:
    """Return the commands that turn ``a`` into ``b``.

    What cannot or must not be sent (masked secrets, passwords a console asks for, lines the table
    does not know) is left out and named in ``warnings``. Settings whose value a router never shows
    count as equal when either side shows only a mask, and are never removed.
    """
    found = _Comparison(b.places)
    for key, setting in b.settings.items():
        old = a.settings.get(key)
        if old is None or old.meaning != setting.meaning:
            found.look_at(old, setting)
    for key, setting in a.settings.items():
        if key not in b.settings and "device" not in setting.entry.tags:
            found.removed.append(setting)
    found.warnings += _lost_lines(a, b)
    commands = _Plan(a, b, found).commands()
    return Difference(
        tuple(commands),
        tuple(found.added),
        tuple(found.removed),
        tuple(found.changed),
        tuple(found.warnings),
    )


@dataclass(slots=True)
class _Comparison:
    places: Mapping[Key, int]
    added: list[Setting] = field(default_factory=list)
    removed: list[Setting] = field(default_factory=list)
    changed: list[tuple[Setting, Setting]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def look_at(self, old: Setting | None, new: Setting) -> None:
        hidden = _masked(new)
        if old is not None and (hidden or _masked(old)) and mask(old.line) == mask(new.line):
            return
        if old is not None and "device" in new.entry.tags and (hidden or _masked(old)):
            return
        if "asks" in new.entry.tags:
            self._warn(new, "a console asks for its value; set it by hand")
        elif hidden:
            self._warn(new, "its secret is masked; put the secret in its place")
        elif old is None:
            self.added.append(new)
        else:
            self.changed.append((old, new))

    def _warn(self, setting: Setting, reason: str) -> None:
        self.warnings.append(
            f"line {self.places[setting.key]}: '{mask(setting.line)}' is not sent: {reason}"
        )


def _masked(setting: Setting) -> bool:
    """Say whether a secret of ``setting`` is a mask."""
    return "secret" in setting.entry.tags and any(
        secret.text == MASK for secret in secrets_of(setting.line)
    )


def _lost_lines(a: Configuration, b: Configuration) -> Iterator[str]:
    """Name the lines of ``b`` that have no meaning here and are not in ``a`` as well."""
    present = {warning.text for warning in a.warnings}
    for warning in b.warnings:
        if warning.text not in present:
            yield f"line {warning.line}: '{warning.text}' is not sent: {warning.reason}"


class _Plan:
    """Puts the changes in order."""

    def __init__(self, a: Configuration, b: Configuration, found: _Comparison) -> None:
        self._a = a
        self._b = b
        self._found = found
        self._commands: list[Command] = []
        self._context = ""
        self._blocks: dict[str, list[tuple[str, Setting]]] = defaultdict(list)

    def commands(self) -> list[Command]:
        coming = [("add", each) for each in self._found.added]
        coming += [("change", new) for _, new in self._found.changed]
        first, last = self._split_removals()
        for action, setting in coming:
            self._blocks[_block(setting)].append((action, setting))
        torn_down = self._torn_down(last)
        for setting in last:
            if setting.key.context and setting.key.context not in torn_down:
                self._blocks[setting.key.context].append(("remove", setting))
        for setting in sorted(first, key=_level, reverse=True):
            self._send("remove", setting)
        self._send_coming()
        self._send_removals([s for s in last if not s.key.context], torn_down)
        self._leave()
        self._send_refreshes()
        return self._commands

    def _split_removals(self) -> tuple[list[Setting], list[Setting]]:
        """Return the removals that must come first, and the others."""
        colliding = {
            setting.key
            for setting in self._found.removed
            if "exclusive" in setting.entry.tags and not setting.key.context
        }
        if not colliding:
            return [], self._found.removed
        still_used = {each for old, _ in self._found.changed for each in used(old)}
        gone: set[Reference] = set()
        for setting in self._found.removed:
            made = defined(setting)
            if setting.key in colliding and made is not None:
                if made in still_used:
                    colliding.discard(setting.key)
                else:
                    gone.add(made)
        first: list[Setting] = []
        last: list[Setting] = []
        for setting in self._found.removed:
            early = setting.key in colliding or (
                not setting.key.context and any(each in gone for each in used(setting))
            )
            (first if early else last).append(setting)
        return first, last

    def _torn_down(self, removed: Iterable[Setting]) -> set[str]:
        """Return the contexts that ``b`` does not have any more."""
        kept = {key.context for key in self._b.settings}
        return {each.key.context for each in removed} - kept - {""}

    def _send_coming(self) -> None:
        """Send what is new or changed, level by level; blocks stand at their own level."""
        single: dict[int, list[tuple[str, Setting]]] = defaultdict(list)
        blocks: dict[int, list[str]] = defaultdict(list)
        for change in self._blocks.pop("", []):
            single[_level(change[1])].append(change)
        for block, changes in self._blocks.items():
            blocks[max(_level(setting) for _, setting in changes)].append(block)
        for each in sorted({*single, *blocks}):
            for action, setting in single[each]:
                self._send(action, setting)
            for block in sorted(blocks[each], key=natural):
                self._send_block(block)

    def _send_block(self, block: str) -> None:
        """Send the changes inside a PP or tunnel, with it down where that is asked for."""
        kind, number = split_context(block)
        enable = Key("", f"{kind} enable {number}")
        changes = self._blocks[block]
        inside = [(action, each) for action, each in changes if each.key.context]
        enabled = enable in self._a.settings
        down = enabled and any("down" in each.entry.tags for _, each in inside)
        if down:
            risk = f"{kind} {number} goes down while it is changed"
            self._leave()
            self._commands.append(Command(f"{kind} disable {number}", "", "act", risk))
        for action, setting in inside:
            if action != "remove":
                self._send(action, setting)
        for action, setting in inside:
            if action == "remove":
                self._send(action, setting)
        for action, setting in changes:
            if not setting.key.context:
                self._send(action, setting)
        if down and enable in self._b.settings:
            self._leave()
            self._commands.append(Command(enable.words, "", "act"))

    def _send_removals(self, removed: list[Setting], torn_down: set[str]) -> None:
        """Send what goes, the highest level first; the contexts that go follow their enable."""
        inside: dict[str, list[Setting]] = defaultdict(list)
        for setting in self._found.removed:
            if setting.key.context in torn_down:
                inside[setting.key.context].append(setting)
        units: list[tuple[int, list[Setting]]] = [(_level(each), [each]) for each in removed]
        units += ((_level(each[0]), each) for each in inside.values())
        units.sort(key=lambda unit: unit[0], reverse=True)
        for _, settings in units:
            for setting in settings:
                self._send("remove", setting)

    def _send(self, action: str, setting: Setting) -> None:
        self._enter(setting.key.context)
        tags = setting.entry.tags
        risk = RISKS.get(tags.get("risk") or (tags.get("loss", "") if action != "add" else ""))
        lines = (setting.removal,) if action == "remove" else setting.lines
        for line in lines:
            self._commands.append(Command(line, setting.key.context, action, risk))

    def _enter(self, context: str) -> None:
        if context == self._context:
            return
        if (
            context
            and self._context
            and split_context(context)[0] != split_context(self._context)[0]
        ):
            self._leave()
        if not context:
            self._leave()
        else:
            self._commands.append(Command(heading(context), self._context, "select"))
            self._context = context

    def _leave(self) -> None:
        if self._context:
            kind, _ = split_context(self._context)
            self._commands.append(Command(f"{kind} select none", self._context, "select"))
            self._context = ""

    def _send_refreshes(self) -> None:
        touched = [*self._found.added, *self._found.removed]
        touched += (new for _, new in self._found.changed)
        refreshes = {each.entry.tags["after"] for each in touched if "after" in each.entry.tags}
        self._commands += (Command(line, "", "act") for line in sorted(refreshes))


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
