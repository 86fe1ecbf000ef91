"""What a change touches, so that nothing else is ever undone.

While a change is open somebody else may change the router as well. A router is therefore judged by
the settings of the plan alone, and apart from them by whether anything else has moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING

from yamaha_ops.change.plan import hides_secret, without_secrets
from yamaha_ops.config import Command, Configuration, Interpreter, difference, mask
from yamaha_ops.config.contexts import heading, split_context
from yamaha_ops.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yamaha_ops.config import Key, Setting

    Meanings = Mapping[Key, tuple[str, ...]]


class Ours(Enum):
    """Where the settings of a plan stand."""

    OLD = auto()
    NEW = auto()
    PARTLY = auto()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a router runs, seen from an open change.

    Attributes:
        ours: Where the settings of the plan stand.
        others: Whether anything else differs from what stood before.
    """

    ours: Ours
    others: bool


@dataclass(frozen=True)
class Footprint:
    """The configurations before and after a plan.

    Attributes:
        before: Secrets may be masked.
        after: Secrets may be masked.
        secrets: The settings of which nothing but a secret changes: what runs does not show
            whether it is the old or the new one.
    """

    before: Configuration
    after: Configuration
    secrets: frozenset[Key] = frozenset()

    @classmethod
    def of(cls, before: Configuration, after: Configuration) -> Footprint:
        """Return the footprint of a plan, from configurations with all secrets that are known."""
        old = before.settings
        changed = {
            key for key, new in after.settings.items() if key in old and _other(old[key], new)
        }
        seen = cls(before, after)
        return cls(before, after, frozenset(changed) - seen.keys)

    @cached_property
    def keys(self) -> frozenset[Key]:
        """The settings that differ; none where only a secret does."""
        old, new = self._old, self._new
        return frozenset(key for key in {*old, *new} if old.get(key) != new.get(key))

    @cached_property
    def _old(self) -> Meanings:
        return _meanings(self.before)

    @cached_property
    def _new(self) -> Meanings:
        return _meanings(self.after)

    def judge(self, running: Configuration) -> Verdict:
        """Say where a running configuration stands. Without a visible difference it is OLD."""
        now = _meanings(running)
        rest = {*now, *self._old} - self.keys
        others = any(now.get(key) != self._old.get(key) for key in rest)
        if all(now.get(key) == self._old.get(key) for key in self.keys):
            return Verdict(Ours.OLD, others)
        if all(now.get(key) == self._new.get(key) for key in self.keys):
            return Verdict(Ours.NEW, others)
        return Verdict(Ours.PARTLY, others)

    def shows_new_secret(self, unsaved: Iterable[str]) -> bool:
        """Tell whether a secret of the plan is among what the router runs and has not saved.

        Args:
            unsaved: Commands by which a restart would change what runs, masked.
        """
        ours = {mask(self.after.settings[key].line) for key in self.secrets}
        return any(line in ours for line in unsaved)

    def undo(self, running: Configuration) -> tuple[Command, ...]:
        """Return the commands that take back what the plan changed, and nothing else.

        Raises:
            PlanError: An old secret is not known.
        """
        now = _meanings(running)
        # What hides its secret must not count as equal to the old one.
        known = running.without(lambda each: each.key in self.secrets)
        target = Interpreter(known)
        for key in self.keys | self.secrets:
            if key in self.keys and now.get(key) == self._old.get(key):
                continue
            if key.context:
                target.execute(heading(key.context))
            old = self.before.settings.get(key)
            if old and hides_secret(old):
                raise PlanError(f"the old secret of {key.words} is not known")
            for line in old.lines if old else (running.settings[key].removal,):
                target.execute(line)
            if key.context:
                target.execute(f"{split_context(key.context)[0]} select none")
        return difference(known, target.configuration).commands


def _meanings(configuration: Configuration) -> Meanings:
    """Return what each setting means, secrets masked, without those that are the device's own."""
    return {
        key: (setting.meaning, *setting.body)
        for key, setting in without_secrets(configuration).settings.items()
        if "device" not in setting.entry.tags
    }


def _other(old: Setting, new: Setting) -> bool:
    """Tell whether two settings differ; of a device's own a console shows nothing to compare."""
    return "device" not in new.entry.tags and (old.meaning, old.body) != (new.meaning, new.body)
