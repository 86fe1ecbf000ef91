"""A router's settings while lines are being typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from yamaha_ops.config.errors import UnknownCommandError
from yamaha_ops.config.setting import Key, Setting
from yamaha_ops.config.statement import Kind, read, require_context

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEREDOC = re.compile(r"<<(\S+)")
_END_WORD = "EOF"
"""Ends a block in the canonical text, where the router's choice does not matter."""


class State:
    """Settings by key, the selected context, and the block that is being typed, if any.

    ``places`` remembers the number that :meth:`execute` was given with the line of each setting,
    ``overwritten`` the settings that a later line gave another value, with their numbers.
    """

    def __init__(self, settings: Iterable[Setting] = ()) -> None:
        self.settings: dict[Key, Setting] = {setting.key: setting for setting in settings}
        self.places: dict[Key, int] = {}
        self.overwritten: list[tuple[int, Setting]] = []
        self.context = ""
        self._block: Setting | None = None
        self._body: list[str] = []

    @property
    def end_word(self) -> str:
        """The word that ends the open block, or nothing."""
        return self._block.end if self._block else ""

    def execute(self, line: str, number: int = 0) -> None:
        """Do what ``line`` says.

        Raises:
            ConfigError: One of its subclasses of :mod:`yamaha_ops.config.errors`; nothing changed.
        """
        if self._block:
            self._continue_block(self._block, line)
            return
        try:
            told = read(line)
        except UnknownCommandError:
            if not self._remove_group(line):
                raise
            return
        entry = told.entry
        if entry is None:
            return
        context = ""
        if entry.context != "global":
            context = self.context
            require_context(entry, context)
        if isinstance(told, Setting):
            self._set(told, context, number)
        elif told.kind is Kind.SELECT:
            self.context = told.context
        else:
            for setting in told.settings:
                self._set(setting, context, number)
            self._remove(Key(context, words) for words in told.keys)
            if "clears" in entry.tags:
                self.settings.clear()

    def _set(self, setting: Setting, context: str, number: int) -> None:
        if context:
            setting = setting.within(context)
        key = setting.key
        if "block" in setting.entry.tags and (end := _HEREDOC.search(setting.line)):
            self._block = setting._replace(end=end[1])
            self._body = []
            self.places[key] = number
            return
        before = self.settings.setdefault(key, setting)
        if before is not setting:
            if before.meaning != setting.meaning:
                self.overwritten.append((self.places.get(key, 0), before))
            self.settings[key] = setting
        self.places[key] = number

    def _continue_block(self, block: Setting, line: str) -> None:
        if line.strip() != block.end:
            self._body.append(line)
            return
        body = tuple(self._body)
        end = _END_WORD
        while end in map(str.strip, body):
            end += "F"
        header = _HEREDOC.sub(f"<<{end}", block.meaning)
        done = block._replace(body=body, meaning="\n".join((header, *body, end)))
        self.settings[done.key] = done
        self._block = None

    def _remove(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self.settings.pop(key, None)
            if key.words.endswith(" all"):
                start = key.words.removesuffix("all")
                for other in [other for other in self.settings if other.words.startswith(start)]:
                    del self.settings[other]

    def _remove_group(self, line: str) -> bool:
        """Remove every setting of ``no snmp host``: a ``no`` whose key may be left out."""
        words = line.lower().split()
        if words[:1] != ["no"]:
            return False
        start = " ".join(words[1:]) + " "
        found = [
            key
            for key, setting in self.settings.items()
            if "group" in setting.entry.tags and key.words.startswith(start)
        ]
        for key in found:
            del self.settings[key]
        return bool(found)
