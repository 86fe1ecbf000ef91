"""Write values into an inventory file; comments and everything else stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from yamaha_ops.durable import write
from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.loading import load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.inventory.inventory import Inventory
    from yamaha_ops.inventory.source import Key, Keys


@dataclass(frozen=True, slots=True)
class Edit:
    """What an inventory file would be with other values, and what it was when that was made.

    Attributes:
        path: The file that holds the router's own entry.
        before: Its text.
        after: Its text with the values in their places.
        inventory: What the inventory would be.
    """

    path: Path
    before: str = field(repr=False)
    after: str = field(repr=False)
    inventory: Inventory = field(repr=False)

    def write(self) -> None:
        """Put the new text in the place of the old one, in a single step.

        Raises:
            InventoryError: The file is not what it was any more, or cannot be written.
        """
        try:
            if self.path.read_text(encoding="utf-8") != self.before:
                raise InventoryError(
                    "the file has changed meanwhile", where=str(self.path), hint="Try again."
                )
            write(self.path, self.after.encode(), mode=self.path.stat().st_mode & 0o777)
        except OSError as error:
            raise InventoryError(
                f"cannot be written ({error.strerror})", where=str(self.path)
            ) from error


def edited(inventory: Inventory, name: str, values: Mapping[Keys, str]) -> Edit:
    """Return what the inventory would be with some values of one router set; nothing is written.

    Args:
        inventory: The loaded inventory.
        name: The router.
        values: For the way to each field its value as YAML; empty takes the field away.

    Raises:
        InventoryError: There is no such router, a value is not YAML, or the inventory would be
            wrong with it.
    """
    inventory.router(name)
    path = Path(inventory.origins[name].origin(()).place.file)
    before = path.read_text(encoding="utf-8")
    yaml = _writer()
    tree = yaml.load(before)
    for keys, text in values.items():
        try:
            value = YAML(typ="rt").load(text)
        except YAMLError:
            raise InventoryError(f"{'.'.join(map(str, keys))}: the value is not YAML") from None
        _put(tree["routers"][name], keys, value, where=str(path))
    written = StringIO()
    yaml.dump(tree, written)
    after = written.getvalue()
    return Edit(path, before, after, load(inventory.path, instead={path: after}))


def set_value(inventory: Inventory, name: str, keys: Keys, text: str) -> Path:
    """Set a field in a router's own entry, and return the file it stands in.

    Raises: as :func:`edited`; the file is then as it was.
    """
    edit = edited(inventory, name, {keys: text})
    edit.write()
    return edit.path


def _writer() -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _put(entry: Any, keys: Keys, value: Any, *, where: str) -> None:
    for key in keys[:-1]:
        if isinstance(entry, CommentedMap) and entry.get(key) is None:
            entry[key] = CommentedMap()
        entry = _inner(entry, key, where)
    last = keys[-1]
    if value is None and isinstance(entry, CommentedMap):
        entry.pop(last, None)
    elif isinstance(entry, CommentedMap):
        entry[last] = value
    else:
        raise InventoryError(f"{'.'.join(map(str, keys))} is not a field", where=where)


def _inner(entry: Any, key: Key, where: str) -> Any:
    try:
        return entry[key]
    except (LookupError, TypeError):
        raise InventoryError(f"{key} has no fields", where=where) from None
