"""A setting of a router: what identifies it, what it says, what it means."""

from __future__ import annotations

from typing import NamedTuple

from yamaha_ops.config.secrets import mask
from yamaha_ops.config.table import Entry  # noqa: TC001 -- NamedTuple fields are looked at
from yamaha_ops.config.words import split


class Key(NamedTuple):
    """What identifies a setting: two lines with the same key replace each other.

    ``context`` is ``""``, ``pp1``, ``tunnel1`` ...; ``words`` begins like the line itself.
    """

    context: str
    words: str


class Setting(NamedTuple):
    """One setting of a router.

    Attributes:
        key: What identifies it.
        line: The console command that makes it, in the router's own spelling, on one line.
        meaning: ``line`` with everything that does not matter made equal; compare this.
        entry: Its row in the command table.
        body: The lines of an ``embedded file`` or ``macro`` block, its end word excluded.
        end: The end word of the block.
    """

    key: Key
    line: str
    meaning: str
    entry: Entry
    body: tuple[str, ...] = ()
    end: str = ""

    def __repr__(self) -> str:
        return f"Setting({self.key.context!r}, {mask(self.line)!r})"

    @property
    def words(self) -> list[str]:
        """The words of the key, unquoted: as many as the template has."""
        return split(self.key.words)

    @property
    def values(self) -> list[str]:
        """The words behind the key, unquoted, in ``line``'s spelling."""
        words = split(self.line)
        rest = words[len(self.entry.slots) :]
        if self.entry.splits:
            rest.insert(0, words[len(self.entry.slots) - 1].partition("=")[2])
        return rest

    @property
    def removal(self) -> str:
        """The console command that takes the setting away (REF 1.4)."""
        if "no" in self.entry.tags or "whole" in self.entry.tags:
            return f"no {self.line}"
        return f"no {self.key.words}"

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything to type to make the setting: the line and, for a block, its body."""
        return (self.line, *self.body, self.end) if self.end else (self.line,)

    def within(self, context: str) -> Setting:
        """Return the same setting of another PP, tunnel or switch."""
        key = Key(context, self.key.words)
        return Setting(key, self.line, self.meaning, self.entry, self.body, self.end)
