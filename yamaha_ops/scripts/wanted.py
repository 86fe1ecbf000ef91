"""Which scripts a router should have, held against what it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from yamaha_ops.scripts.scheduling import Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from yamaha_ops.scripts.listing import Entry
    from yamaha_ops.status.lua import Lua


@dataclass(frozen=True, slots=True)
class Script:
    """A script that a router should run.

    Attributes:
        name: Its bare name, ``mape-watch.lua``.
        source: Its bytes.
        at: When it starts, see :class:`~yamaha_ops.scripts.scheduling.Wish`.
        arguments: What it is started with.
        variables: Its settings, router variables by name.
        folder: Where it lies.
    """

    name: str
    source: bytes = field(repr=False)
    at: str = "startup"
    arguments: str = ""
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    folder: str = "/lua"

    @property
    def path(self) -> str:
        """Where it lies on the router."""
        return f"{self.folder}/{self.name}"

    @property
    def wish(self) -> Wish:
        """What the configuration must say for it: this part goes through plan and apply."""
        return Wish(self.path, self.at, self.arguments, variables=dict(self.variables))


class Kind(StrEnum):
    """How a router differs from what it should have."""

    MISSING = "missing"
    """The file is not there."""
    DIFFERENT = "different"
    """A file of that name has other bytes."""
    STOPPED = "stopped"
    """The file is right; nothing runs it, and it starts with the router."""
    EXTRA = "extra"
    """A file that nobody asked for. It is named, never removed by itself."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One script that is not as it should be."""

    path: str
    kind: Kind


def compare(
    scripts: Sequence[Script],
    folders: Mapping[str, Mapping[str, Entry]],
    read: Callable[[str], bytes],
    lua: Lua,
) -> tuple[Difference, ...]:
    """Return how a router differs from what it should have; nothing where it does not.

    Args:
        scripts: What it should have.
        folders: What lies in each folder of the scripts, by the folder's path.
        read: Returns a file's bytes; asked only where the sizes agree.
        lua: What runs.
    """
    found = [
        Difference(script.path, kind)
        for script in scripts
        if (kind := _kind(script, folders.get(script.folder, {}).get(script.name), read, lua))
    ]
    asked = {script.path for script in scripts}
    found += [
        Difference(f"{folder}/{entry.name}", Kind.EXTRA)
        for folder, entries in folders.items()
        for entry in entries.values()
        if entry.size is not None
        and entry.name.endswith(".lua")
        and f"{folder}/{entry.name}" not in asked
    ]
    return tuple(sorted(found))


def _kind(
    script: Script, entry: Entry | None, read: Callable[[str], bytes], lua: Lua
) -> Kind | None:
    if entry is None:
        return Kind.MISSING
    if entry.size != len(script.source) or read(script.path) != script.source:
        return Kind.DIFFERENT
    resident = script.at == "startup"
    runs = any(task.script == script.path for task in lua.tasks)
    return Kind.STOPPED if resident and not runs else None
