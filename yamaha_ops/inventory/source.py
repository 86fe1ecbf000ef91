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


def read(path: Path, text: str | None = None) -> Source:
    """Read one YAML file, or a text in its place.

    Raises:
        InventoryError: The file is not there or is not YAML. The text of the file is never
            repeated in the message, since a password may stand in it by mistake.
    """
    shown = str(path)
    try:
        text = path.read_text(encoding="utf-8") if text is None else text
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
    copy = _Copy(shown, len(text))
    return Source(shown, copy.plain(tree, ()), copy.places)


def _problem(error: MarkedYAMLError) -> str:
    problem = (error.problem or "is not YAML").splitlines()[0]
    if problem.startswith("found duplicate key"):
        # The original goes on to print both values.
        return "the same key stands here twice"
    return f"is not YAML: {problem}"


class _Copy:
    """Plain data from a round-trip tree, and where each part of it stands."""

    _DEEPEST = 50

    def __init__(self, file: str, size: int) -> None:
        self._file = file
        # Aliases may multiply; a file of honest ones never has more values than this.
        self._left = 1000 + 10 * size
        self.places: dict[Keys, Place] = {}

    def plain(self, node: Any, keys: Keys) -> Any:
        """Copy a part of the tree.

        Raises:
            InventoryError: Aliases refer to themselves, or multiply beyond all reason.
        """
        self._left -= 1
        if self._left < 0 or len(keys) > self._DEEPEST:
            raise InventoryError("aliases make it endless", where=self._file)
        if isinstance(node, CommentedMap):
            return {key: self._item(node, key, keys) for key in node}
        if isinstance(node, CommentedSeq):
            for index in range(len(node)):
                self._note((*keys, index), node.lc.item(index))
            return [self.plain(value, (*keys, index)) for index, value in enumerate(node)]
        return node

    def _item(self, node: CommentedMap, key: Any, keys: Keys) -> Any:
        here = (*keys, key)
        if key in (node.lc.data or {}):  # what a merge key (<<) brings along has no place here
            self._note(here, node.lc.key(key))
        return self.plain(node[key], here)

    def _note(self, keys: Keys, position: tuple[int, int]) -> None:
        line, column = position
        self.places[keys] = Place(self._file, line + 1, column + 1)
