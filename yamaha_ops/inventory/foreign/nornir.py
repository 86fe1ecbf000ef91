"""Nornir's SimpleInventory: hosts.yaml, groups.yaml and defaults.yaml of one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.foreign.common import entry
from yamaha_ops.inventory.source import read

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = {
    "hostname": "host",
    "port": "port",
    "username": "login.user",
    "password": "password",
    "groups": "groups",
    "platform": "-",
    "connection_options": "-",
    "data": "variables",
}


def read_nornir(path: Path) -> dict[str, Any]:
    """Read a folder, or a hosts.yaml with its neighbours.

    Raises:
        InventoryError: There are no hosts, or a file cannot be read.
    """
    folder = path if path.is_dir() else path.parent
    hosts = _mapping(path if path.is_file() else folder / "hosts.yaml", needed=True)
    groups = _mapping(folder / "groups.yaml")
    defaults = _mapping(folder / "defaults.yaml")
    return {
        "defaults": entry("all", defaults, FIELDS),
        "groups": {name: entry(name, group or {}, FIELDS) for name, group in groups.items()},
        "routers": {
            name: {"host": name, **entry(name, host or {}, FIELDS)} for name, host in hosts.items()
        },
    }


def _mapping(path: Path, *, needed: bool = False) -> dict[str, Any]:
    if not needed and not path.is_file():
        return {}
    data = read(path).data
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InventoryError("is not a file of Nornir's SimpleInventory", where=str(path))
    return data
