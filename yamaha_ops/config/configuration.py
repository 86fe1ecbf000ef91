"""A configuration: its text as it was, and what it means."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from itertools import count, repeat
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from yamaha_ops.config.collector import paused_collector
from yamaha_ops.config.contexts import heading, natural
from yamaha_ops.config.errors import ParameterError, UnknownCommandError
from yamaha_ops.config.secrets import mask
from yamaha_ops.config.state import State
from yamaha_ops.config.table import commands
from yamaha_ops.config.wrapping import USUAL_COLUMNS, Line, join_wrapped, wrapped_width
from yamaha_ops.errors import ConfigError
from yamaha_ops.firmware import Revision

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from yamaha_ops.config.setting import Key, Setting

_BYTE_ORDER_MARK = "\ufeff"
_NEWLINE = re.compile(r"\r\n|\n|\r")
_PHYSICAL = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_COLUMNS = re.compile(r"^ *console columns (\d{2,4})\s*$", re.MULTILINE)
_HEADER = re.compile(r"^#\s*(RTX\d+|NVR\d+\w?)\s+Rev\.(\d+\.\d\d\.\d\d)", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_FOREIGN_LINES = 5
_FOREIGN_SHARE = 0.8
"""From this share of unknown lines on, a text is taken for something else than a configuration."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A line that was kept but not understood.

    Attributes:
        line: Its number in the source, from 1.
        text: The line, masked.
        reason: Why it has no meaning here.
        code: ``unknown``, ``form`` or ``context``, as ``config check`` names it.
    """

    line: int
    text: str
    reason: str
    code: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Configuration:
    """An RTX configuration.

    Attributes:
        text: Exactly the text it was read from.
        settings: What it means: every setting by its key, in the order of the text.
        warnings: Lines without a meaning; they stay in ``text`` and take no part in comparisons.
        source: A name for messages, usually the file's.
        places: The line each setting stands on, from 1.
        overwritten: Settings that a later line gives another value, each with its line.
    """

    text: str
    settings: Mapping[Key, Setting]
    warnings: tuple[Remark, ...] = ()
    source: str = "configuration"
    places: Mapping[Key, int] = field(default_factory=dict)
    overwritten: tuple[tuple[int, Setting], ...] = ()

    def __repr__(self) -> str:
        return f"Configuration({self.source!r}, {len(self.settings)} settings)"

    @classmethod
    @paused_collector()
    def parse(cls, data: str | bytes, *, source: str = "configuration") -> Self:
        """Read a ``show config`` text or a saved file (UTF-8 or CP932, wrapped or not).

        Raises:
            ConfigError: The data is not a configuration: another encoding, control characters, an
                unfinished block, or another vendor's language.
        """
        text = data if isinstance(data, str) else _decode(data, source)
        _refuse_control_characters(text, source)
        state = State()
        warnings: list[Remark] = []
        for told, number, _ in _logical_lines(text):
            try:
                state.execute(told, number)
            except ConfigError as error:
                warnings.append(_remark(told, number, error))
        if state.end_word:
            raise ConfigError(
                f"the text ends inside a block: '{state.end_word}' is missing",
                where=source,
                hint="the file is cut off; fetch it again",
            )
        _refuse_foreign(text, warnings, source)
        return cls(
            text,
            MappingProxyType(state.settings),
            tuple(warnings),
            source,
            MappingProxyType(state.places),
            tuple(state.overwritten),
        )

    @property
    def device(self) -> tuple[str | None, Revision | None]:
        """Model and firmware revision, as far as the header of the text says them."""
        found = _HEADER.search(self.text)
        return (found[1], Revision.parse(found[2])) if found else (None, None)

    @property
    def lines(self) -> list[Line]:
        """The lines as they were told: what a console's width broke is joined again."""
        return [Line(*line) for line in _logical_lines(self.text)]

    def canonical(self) -> str:
        """Return the one text of everything that means the same.

        Settings are sorted, comments and lines without a meaning left out. Settings whose value a
        router never shows (passwords, the host key) are the device's own and left out as well.
        """
        blocks: dict[str, list[str]] = {}
        for key, setting in self.settings.items():
            if "device" not in setting.entry.tags:
                blocks.setdefault(key.context, []).append(setting.meaning)
        lines = sorted(blocks.pop("", []))
        for context in sorted(blocks, key=natural):
            lines.append(heading(context))
            lines += (f" {line}" for line in sorted(blocks[context]))
        return "".join(f"{line}\n" for line in lines)

    @property
    def digest(self) -> str:
        """SHA-256 of :meth:`canonical`, in hexadecimal: equal meaning, equal digest."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def masked(self) -> str:
        """Return the text with every secret replaced by ``*``."""
        return self.rewritten(mask)

    def rewritten(self, change: Callable[[str], str]) -> str:
        """Return the text with each line passed through ``change``; others stay byte for byte."""
        physical = _PHYSICAL.findall(self.text)
        pieces: list[str] = []
        for line in self.lines:
            told = physical[line.number - 1 : line.number - 1 + line.height]
            changed = change(line.text)
            if changed == line.text:
                pieces += told
            else:
                last = told[-1]
                pieces.append(changed + last[len(last.rstrip("\r\n")) :])
        return "".join(pieces)

    def without(self, unwanted: Callable[[Setting], bool] | Iterable[str]) -> Configuration:
        """Return the configuration without some settings.

        Args:
            unwanted: Says which, or the templates of the command table (``console columns``).
        """
        if callable(unwanted):
            drop = unwanted
        else:
            templates = frozenset(unwanted)

            def drop(setting: Setting) -> bool:
                return setting.entry.template in templates

        gone = {
            number
            for key, each in self.settings.items()
            if drop(each)
            for number in range(self.places[key], self.places[key] + len(each.lines))
        }
        if not gone:
            return self
        kept = "".join(f"{line.text}\n" for line in self.lines if line.number not in gone)
        # An earlier line of the same key may have come to light.
        return Configuration.parse(kept, source=self.source).without(drop)


def _decode(data: bytes, source: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp932")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            "neither UTF-8 nor Shift_JIS (CP932)",
            where=f"{source}:{line}",
            hint="an RTX configuration is text; encrypted and compressed files cannot be read",
        ) from None


def _refuse_control_characters(text: str, source: str) -> None:
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise ConfigError(
            f"the text holds the control character 0x{ord(found[0]):02x}", where=f"{source}:{line}"
        )


def _refuse_foreign(text: str, warnings: Sequence[Remark], source: str) -> None:
    """Refuse a text that is hardly made of commands at all."""
    unknown = [warning for warning in warnings if warning.code == "unknown"]
    if len(unknown) < _FOREIGN_LINES:
        return
    told = sum(not line.lstrip().startswith("#") for line in text.splitlines() if line.strip())
    if len(unknown) > _FOREIGN_SHARE * told:
        raise ConfigError(
            f"not an RTX configuration: {len(unknown)} of {told} lines are unknown, "
            f"the first is '{unknown[0].text[:60]}'",
            where=f"{source}:{unknown[0].line}",
        )


def _logical_lines(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield what a :class:`Line` holds; there are too many of them to make objects at once."""
    text = text.removeprefix(_BYTE_ORDER_MARK)
    physical = _NEWLINE.split(text) if "\r" in text else text.split("\n")
    if not physical[-1]:
        physical.pop()
    stated = _COLUMNS.search(text) if "console columns" in text else None
    columns = (int(stated[1]),) if stated else USUAL_COLUMNS
    width = wrapped_width(physical, columns, _stands_alone)
    if width is not None:
        return _join_header(iter(join_wrapped(physical, width, _stands_alone)))
    lines = zip(physical, count(1), repeat(1))
    return _join_header(lines) if text.startswith("#") else lines


def _stands_alone(text: str) -> bool:
    """Say whether a line begins like a command, and so is not the rest of the one before.

    Its own rest may still be missing, a closing quote included.
    """
    words = text.split()
    if not words or words[0].startswith("#"):
        return True
    return bool(commands().candidates(words[1:] if words[0].lower() == "no" else words))


def _join_header(lines: Iterator[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """Join the broken lines of the header, whose width edited serial numbers may have changed."""
    text, number, height = next(lines, ("", 1, 1))
    for following in lines:
        if "MAC-Address" in following[0] and not _stands_alone(following[0]):
            text += following[0]
            height += following[2]
            continue
        yield text, number, height
        text, number, height = following
        if not text.startswith("#"):
            break
    yield text, number, height
    yield from lines


def _remark(text: str, number: int, error: ConfigError) -> Remark:
    if isinstance(error, UnknownCommandError):
        code = "unknown"
    elif isinstance(error, ParameterError):
        code = "form"
    else:
        code = "context"
    return Remark(number, mask(text.strip()), error.message, code)
