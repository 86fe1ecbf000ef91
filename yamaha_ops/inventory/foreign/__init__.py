"""Inventories of other tools, read into ours; docs/inventory.md has the mappings."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from yamaha_ops.inventory.foreign.ansible import read_ansible
from yamaha_ops.inventory.foreign.netbox import read_netbox
from yamaha_ops.inventory.foreign.nornir import read_nornir
from yamaha_ops.inventory.foreign.yno import read_yno

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

READERS: Mapping[str, Callable[[Path], dict[str, Any]]] = {
    "ansible": read_ansible,
    "nornir": read_nornir,
    "netbox": read_netbox,
    "yno": read_yno,
}
"""By tool: read a file (or folder) into the sections of an inventory of ours."""


def as_yaml(sections: Mapping[str, Any]) -> str:
    """Return an inventory as text; what is empty is left out."""
    yaml = YAML(typ="rt")
    yaml.width = 4096
    written = StringIO()
    yaml.dump({name: content for name, content in sections.items() if content}, written)
    return written.getvalue()
