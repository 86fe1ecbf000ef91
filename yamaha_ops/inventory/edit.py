"""Write one value into an inventory file; comments and everything else stay as they are."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.loading import load

if TYPE_CHECKING:
    from yamaha_ops.inventory.inventory import Inventory
    from yamaha_ops.inventory.source import Key, Keys


def set_value(inventory: Inventory, name: str, keys: Keys, text: str) -> Path:
    """Set a field in a router's own entry, and return the file it stands in.

    Args:
        inventory: The loaded inventory.
        name: The router.
        keys: The way to the field.
        text: The value as YAML; empty takes the field away.

    Raises:
        InventoryError: There is no such router, the value is not YAML, or the inventory would be
            wrong with it; the file is then as it was.
    """
    inventory.router(name)
    path = Path(inventory.origins[name].origin(()).place.file)
    try:
        value = YAML(typ="rt").load(text)
    except YAMLError:
        raise InventoryError(f"{'.'.join(map(str, keys))}: the value is not YAML") from None
    before = path.read_text(encoding="utf-8")
    yaml = _writer()
    tree = yaml.load(before)
    _put(tree["routers"][name], keys, value, where=str(path))
    written = StringIO()
    yaml.dump(tree, written)
    _replace(path, written.getvalue())
    try:
        load(inventory.path)
    except InventoryError:
        _replace(path, before)
        raise
    return path


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


def _replace(path: Path, text: str) -> None:
    """Put a new text in place of the old one in a single step."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
