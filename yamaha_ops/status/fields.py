"""How the value of one kind of line becomes fields of a record.

A field reader takes the value behind the label and the whole line. It returns the fields it read,
or None where the text is not what it knows: such a line is counted as not understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from yamaha_ops.status import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from yamaha_ops.status.grammar import Line, Reader

Fields: TypeAlias = "dict[str, Any] | None"
FieldReader: TypeAlias = "Callable[[str, str], Fields]"


def word(name: str) -> FieldReader:
    """Keep the text; ``-`` and nothing are None."""
    return lambda value, _line: {name: values.present(value)}


def count(name: str) -> FieldReader:
    """Read a number, with whatever unit behind it."""
    return lambda value, _line: _known(name, values.number(value))


def seconds(name: str) -> FieldReader:
    """Read a duration."""
    return lambda value, _line: _known(name, values.duration(value))


def moment(name: str) -> FieldReader:
    """Read a time, with or without the English ``from`` before it."""
    return lambda value, _line: _known(name, values.time(value.removeprefix("from ")))


def traffic(direction: str) -> FieldReader:
    """Read packets and octets of one direction."""

    def read(value: str, _line: str) -> Fields:
        counted = values.traffic(value)
        if counted is None:
            return None
        return {f"{direction}_packets": counted[0], f"{direction}_bytes": counted[1]}

    return read


def gather(
    reader: Reader, lines: Iterable[Line], readers: Mapping[str, FieldReader]
) -> dict[str, Any]:
    """Read flat lines into one dictionary; the first line of a kind wins."""
    gathered: dict[str, Any] = {}
    for key, value, line in lines:
        read = readers[key](value, line)
        if read is None:
            reader.reject(line)
            continue
        for name, content in read.items():
            gathered.setdefault(name, content)
    return gathered


def own(gathered: dict[str, Any], record: type) -> dict[str, Any]:
    """Leave out what is no field of this record: a damaged capture mixes blocks."""
    return {name: value for name, value in gathered.items() if name in record.__dataclass_fields__}  # type: ignore[attr-defined]


def _known(name: str, content: Any) -> Fields:
    return None if content is None else {name: content}
