"""What a change touches, so that nothing else is ever undone.

While a change is open somebody else may change the router as well. A router is therefore judged by
the settings of the plan alone, and apart from them by whether anything else has moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING

from yamaha_ops.config import Command, Configuration, Interpreter, difference
from yamaha_ops.config.contexts import heading, split_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.config import Key

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
    """The configurations before and after a plan; secrets may be masked in either."""

    before: Configuration
    after: Configuration

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

    def undo(self, running: Configuration) -> tuple[Command, ...]:
        """Return the commands that take back what the plan changed, and nothing else."""
        now = _meanings(running)
        target = Interpreter(running)
        for key in self.keys:
            if now.get(key) == self._old.get(key):
                continue
            if key.context:
                target.execute(heading(key.context))
            old = self.before.settings.get(key)
            for line in old.lines if old else (running.settings[key].removal,):
                target.execute(line)
            if key.context:
                target.execute(f"{split_context(key.context)[0]} select none")
        return difference(running, target.configuration).commands


def _meanings(configuration: Configuration) -> Meanings:
    """Return what each setting means, secrets masked, without those that are the device's own."""
    masked = Configuration.parse(configuration.masked(), source=configuration.source)
    return {
        key: (setting.meaning, *setting.body)
        for key, setting in masked.settings.items()
        if "device" not in setting.entry.tags
    }
