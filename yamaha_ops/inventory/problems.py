"""From pydantic's findings to sentences that name the file, the line and the valid spelling."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.parts import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic_core import ErrorDetails

    from yamaha_ops.inventory.source import Place


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, and where."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def refuse(problems: Iterable[Problem]) -> None:
    """Raise all problems together, each once, in the order of the file; nothing where none is."""
    found = sorted(set(problems))
    if not found:
        return
    if len(found) == 1:
        raise InventoryError(found[0].message, where=str(found[0].place))
    raise InventoryError("\n".join([f"{len(found)} problems", *(f"  {each}" for each in found)]))


def nearest(name: object, valid: Iterable[str]) -> str:
    """Return "; did you mean ...?" or the list of what is valid, or nothing."""
    names = list(valid)
    close = get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    return f"; valid: {', '.join(names)}" if names else ""


def describe(error: ErrorDetails, root: type[BaseModel]) -> str:
    """Say in one sentence what one finding means."""
    keys = error["loc"]
    name = ".".join(str(key) for key in keys)
    kind = error["type"]
    if kind == "extra_forbidden":
        holder = ".".join(str(key) for key in keys[:-1])
        known = fields(type_at(root, keys[:-1]))
        of = f"{holder} has no field" if holder else "there is no field"
        return f"{of} {keys[-1]}{nearest(keys[-1], known)}"
    if kind == "missing":
        return f"{name} is missing"
    if kind == "literal_error":
        return f"{name} is not a known value{nearest(error['input'], choices(type_at(root, keys)))}"
    if kind == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"]
        return f"{name}: must be {FORMS.get(pattern, f'text that matches {pattern}')}"
    message = error["msg"].removeprefix("Value error, ")
    return f"{name}: {message[:1].lower()}{message[1:]}"


def fields(annotation: Any) -> list[str]:
    """Name the fields of a part of the schema."""
    return [
        field.alias or name
        for option in _options(annotation)
        if isinstance(option, type) and issubclass(option, BaseModel)
        for name, field in option.model_fields.items()
    ]


def choices(annotation: Any) -> list[str]:
    """Name the values that a field may have, where they are a fixed list."""
    return [
        str(value)
        for option in _options(annotation)
        if get_origin(option) is Literal
        for value in get_args(option)
    ]


def type_at(root: Any, keys: Sequence[str | int]) -> Any:
    """Follow a way through the schema and return the annotation it ends at."""
    here = root
    for key in keys:
        here = _step(here, key)
    return here


def _step(annotation: Any, key: str | int) -> Any:
    for option in _options(annotation):
        if isinstance(option, type) and issubclass(option, BaseModel):
            for name, field in option.model_fields.items():
                if key in (name, field.alias):
                    return field.annotation
        elif get_origin(option) in (list, tuple):
            return get_args(option)[0]
        elif get_origin(option) is dict:
            return get_args(option)[1]
    return None


def _options(annotation: Any) -> list[Any]:
    """Open ``Annotated`` and unions."""
    if get_origin(annotation) is Annotated:
        return _options(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [found for each in get_args(annotation) for found in _options(each)]
    return [annotation]
