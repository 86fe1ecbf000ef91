"""YAML with the place of every value, so that each complaint can point at a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from yamaha_ops.errors import InventoryError

if TYPE_CHECKING:
    from pathlib import Path

Key = str | int
Keys = tuple[Key, ...]
"""The way to a value: ``("routers", "home", "lan", "address")``."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """One YAML file as plain data plus the place of each key and list item."""

    file: str
    data: Any
    places: dict[Keys, Place] = field(repr=False)

    def place(self, keys: Keys) -> Place:
        """Return the place of a value, or of the nearest thing around it that has one."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        return self.places.get(keys, Place(self.file, 1, 1))


def read(path: Path) -> Source:
    """Read one YAML file.

    Raises:
        InventoryError: The file is not there or is not YAML. The text of the file is never
            repeated in the message, since a password may stand in it by mistake.
    """
    shown = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InventoryError(f"cannot be read: {error.strerror}", where=shown) from None
    except UnicodeDecodeError:
        raise InventoryError("is not a UTF-8 text file", where=shown) from None
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown, 1, 1)
        raise InventoryError(_problem(error), where=str(place)) from None
    except YAMLError as error:
        raise InventoryError(f"is not YAML: {type(error).__name__}", where=shown) from None
    places: dict[Keys, Place] = {}
    return Source(shown, _plain(tree, (), shown, places), places)


def _problem(error: MarkedYAMLError) -> str:
    problem = (error.problem or "is not YAML").splitlines()[0]
    if problem.startswith("found duplicate key"):
        # The original goes on to print both values.
        return "the same key stands here twice"
    return f"is not YAML: {problem}"


def _plain(node: Any, keys: Keys, file: str, places: dict[Keys, Place]) -> Any:
    """Copy a round-trip tree to plain data and note where each part stands."""
    if isinstance(node, CommentedMap):
        copy = {}
        for key, value in node.items():
            line, column = node.lc.key(key) if key in node.lc.data else (0, 0)  # a merge key: none
            here = (*keys, key)
            places[here] = Place(file, line + 1, column + 1)
            copy[key] = _plain(value, here, file, places)
        return copy
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            line, column = node.lc.item(index)
            places[*keys, index] = Place(file, line + 1, column + 1)
        return [_plain(value, (*keys, index), file, places) for index, value in enumerate(node)]
    return node
