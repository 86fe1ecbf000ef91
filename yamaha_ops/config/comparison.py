"""The commands that turn one configuration into another, and what cannot be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from yamaha_ops.config.collector import paused_collector
from yamaha_ops.config.secrets import MASK, mask, secrets_of
from yamaha_ops.config.sending import Command, commands_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from yamaha_ops.config.configuration import Configuration
    from yamaha_ops.config.setting import Key, Setting


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
    return Difference(
        tuple(
            commands_for(found.added, found.changed, found.removed, a.settings, b.settings),
        ),
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
