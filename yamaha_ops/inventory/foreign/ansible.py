"""Ansible's inventory: YAML, or the INI form."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.foreign.common import entry
from yamaha_ops.inventory.source import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FIELDS = {
    "ansible_host": "host",
    "ansible_port": "port",
    "ansible_user": "login.user",
    "ansible_ssh_user": "login.user",
    "ansible_password": "password",
    "ansible_ssh_pass": "password",
    "ansible_become_password": "administrator_password",
    "ansible_become_pass": "administrator_password",
    "ansible_network_os": "-",
    "ansible_connection": "-",
    "ansible_become": "-",
    "ansible_become_method": "-",
}
"""Everything else becomes a variable."""


def read_ansible(path: Path) -> dict[str, Any]:
    """Read groups, their children and their hosts.

    Raises:
        InventoryError: The file cannot be read, or is neither form.
    """
    if path.suffix in (".yml", ".yaml"):
        tree = read(path).data
        if not isinstance(tree, dict):
            raise InventoryError("is not an Ansible inventory", where=str(path))
    else:
        tree = _ini(path)
    reader = _Reader()
    for name, group in tree.items():
        reader.group(str(name), group or {})
    return reader.sections()


class _Reader:
    def __init__(self) -> None:
        self._groups: dict[str, dict[str, Any]] = {}
        self._hosts: dict[str, dict[str, Any]] = {}

    def group(self, name: str, group: dict[str, Any]) -> None:
        own = self._groups.setdefault(name, {})
        own.update(entry(name, group.get("vars") or {}, FIELDS))
        for host, values in (group.get("hosts") or {}).items():
            router = self._hosts.setdefault(str(host), {})
            router.update(entry(str(host), values or {}, FIELDS))
            _join(router, name)
        for child, inner in (group.get("children") or {}).items():
            self.group(str(child), inner or {})
            _join(self._groups[str(child)], name)

    def sections(self) -> dict[str, Any]:
        everyone = self._groups.pop("all", {})
        self._groups.pop("ungrouped", None)
        for part in (*self._groups.values(), *self._hosts.values()):
            part["groups"] = [
                name for name in part.get("groups", []) if name not in ("all", "ungrouped")
            ]
        routers = {name: _tidy({"host": name, **router}) for name, router in self._hosts.items()}
        groups = {name: _tidy(group) for name, group in self._groups.items()}
        return {"defaults": _tidy(everyone), "groups": groups, "routers": routers}


def _join(part: dict[str, Any], group: str) -> None:
    groups = part.setdefault("groups", [])
    if group not in groups:
        groups.append(group)


def _tidy(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if value not in ([], {})}


_SECTION = re.compile(r"\[(?P<name>[^\]:]+)(:(?P<kind>vars|children))?\]")


def _ini(path: Path) -> dict[str, Any]:
    tree: dict[str, dict[str, Any]] = {}
    section: dict[str, Any] = tree.setdefault("ungrouped", {}).setdefault("hosts", {})
    kind = "hosts"
    for number, line in _lines(path):
        if match := _SECTION.fullmatch(line):
            kind = match["kind"] or "hosts"
            section = tree.setdefault(match["name"], {}).setdefault(kind, {})
            continue
        try:
            first, *rest = shlex.split(line, comments=True)
        except ValueError:
            raise InventoryError("a quote is not closed", where=f"{path}:{number}") from None
        if kind == "hosts":
            section[first] = dict(_pair(word, path, number) for word in rest)
        elif kind == "children":
            section[first] = {}
        else:
            section.update([_pair(line, path, number)])
    return tree


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InventoryError(f"cannot be read: {error.strerror}", where=str(path)) from None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line and line[0] not in "#;":
            yield number, line


def _pair(word: str, path: Path, number: int) -> tuple[str, Any]:
    key, equals, value = word.partition("=")
    if not equals:
        raise InventoryError(f"{key} has no value", where=f"{path}:{number}")
    value = value.strip()
    return key.strip(), int(value) if value.isdecimal() else value
