"""Transcripts: what a router printed, command by command, in one text file that people can read.

::

    yamaha-ops transcript 1
    model: RTX830
    firmware: Rev.15.02.30
    language: ja
    recorded: 2026-01-31

    ===== show environment
    RTX830 BootROM Ver. 1.00
    ...

UTF-8. A line of an answer that begins with ``=====`` or a backslash has one backslash more.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from yamaha_ops.errors import ParseError

_MAGIC = "yamaha-ops transcript "
_VERSION = 1
_SECTION = "===== "
_FIELDS = ("model", "firmware", "language", "recorded")


@dataclass(frozen=True, slots=True)
class Section:
    """One command and the text that answered it; a refusal of the router is an answer too."""

    command: str
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """What one router printed.

    Attributes:
        model: As the router says it.
        firmware: As the router says it.
        language: ``ja`` or ``en``.
        recorded: The day, as ISO 8601.
        sections: In the order they were asked.
    """

    model: str
    firmware: str
    language: str
    recorded: str
    sections: tuple[Section, ...] = ()

    def dumps(self) -> str:
        """Return the text of the file."""
        lines = [f"{_MAGIC}{_VERSION}", *(f"{name}: {getattr(self, name)}" for name in _FIELDS)]
        for section in self.sections:
            lines += ["", _SECTION + section.command]
            lines += map(_escaped, section.text.rstrip("\n").split("\n"))
        return "\n".join(lines) + "\n"

    @classmethod
    def loads(cls, text: str) -> Transcript:
        """Read the text of a file.

        Raises:
            ParseError: It is no transcript, or one of a later version.
        """
        lines = text.replace("\r\n", "\n").split("\n")
        if lines[0] != f"{_MAGIC}{_VERSION}":
            raise ParseError(f"not a transcript: it must begin with '{_MAGIC}{_VERSION}'")
        starts = [number for number, line in enumerate(lines) if line.startswith(_SECTION)]
        head = dict.fromkeys(_FIELDS, "")
        for line in lines[1 : starts[0] if starts else None]:
            name, _, value = line.partition(":")
            if name in head:
                head[name] = value.strip()
        sections = []
        for start, end in pairwise([*starts, len(lines)]):
            body = "\n".join(map(_plain, lines[start + 1 : end])).rstrip("\n")
            sections.append(Section(lines[start].removeprefix(_SECTION), body))
        return cls(**head, sections=tuple(sections))

    def answer(self, command: str) -> str:
        """Return what answered a command.

        Raises:
            ParseError: The command is not in the transcript.
        """
        wanted = command.lower().split()
        for section in self.sections:
            if section.command.lower().split() == wanted:
                return section.text
        known = ", ".join(section.command for section in self.sections)
        raise ParseError(f"the transcript has no '{command}'", hint=f"It has: {known}")


def is_transcript(text: str) -> bool:
    """Whether a text begins like a transcript, of whatever version."""
    return text.startswith(_MAGIC)


def _escaped(line: str) -> str:
    return f"\\{line}" if line.startswith((_SECTION.strip(), "\\")) else line


def _plain(line: str) -> str:
    return line.removeprefix("\\")
