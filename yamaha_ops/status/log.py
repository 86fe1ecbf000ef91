"""``show log``: the router's log, in English whatever the console's language (REF 59.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.status import values
from yamaha_ops.status.grammar import Grammar

if TYPE_CHECKING:
    from datetime import datetime

    from yamaha_ops.status.grammar import Reader

_STAMP = len("2020/01/31 12:34:56: ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log; the time is the router's local time, 1980 where no clock was set."""

    time: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Log:
    """The log in printed order: oldest first, or newest first with ``reverse``."""

    entries: tuple[Entry, ...] = ()


GRAMMAR = Grammar(
    forms=(("entry", re.compile(r"\d{4}/\d{2}/\d{2} \d{2}:\d{2}:\d{2}: ", re.ASCII)),)
)


def parse(text: str | bytes, command: str) -> tuple[Log, Reader]:
    """Read one answer. Hex dumps below an entry are lines not understood.

    Raises:
        ParseError: The text is no answer to this command.
    """
    reader = GRAMMAR.read(text, command)
    entries = []
    for _key, _value, line in reader:
        moment = values.time(line)
        if moment is None:
            reader.reject(line)
        else:
            entries.append(Entry(moment, line[_STAMP:].rstrip()))
    return Log(tuple(entries)), reader
