"""Which scripts a router should have, held against what it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import PlanError
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.ledger import Book, digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from yamaha_ops.scripts.listing import Entry
    from yamaha_ops.status.lua import Lua, Task

LEFTOVERS: Final = (".new.lua", ".old.lua")
"""What a delivery that was cut off leaves beside a script."""


@dataclass(frozen=True, slots=True)
class Script:
    """A script that a router should run.

    Attributes:
        path: Where it lies there: ``/lua/mape-watch.lua``, or ``emfs:/mape-watch.lua``.
        source: Its bytes.
        starts: Whether it starts with the router, and now.
        resident: Whether it goes on running then.
        arguments: What it is started with.
        settings: Its router variables by name, secrets as their references.
        via: How it gets there.
        file: Where its bytes are here, for messages.
    """

    path: str
    source: bytes = field(repr=False)
    starts: bool = True
    resident: bool = True
    arguments: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    via: str = "auto"
    file: str = ""

    @property
    def name(self) -> str:
        """Its bare name, ``mape-watch.lua``."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder it lies in."""
        return self.path.rpartition("/")[0]

    @property
    def embedded(self) -> bool:
        """Whether it is a part of the configuration."""
        return self.path.startswith("emfs:")

    @property
    def command(self) -> str:
        """What starts it."""
        return f"lua {self.path} {self.arguments}".rstrip()

    @property
    def digest(self) -> str:
        """What it shares with every file of the same bytes."""
        return digest(self.source)


class Kind(StrEnum):
    """How a router differs from what it should have."""

    MISSING = "missing"
    """The file is not there."""
    DIFFERENT = "different"
    """A file of that name has other bytes, or was left half-way by a delivery."""
    UNCOMPARED = "not compared"
    """A file of that name and size is there; what it holds is told only over TFTP."""
    STOPPED = "not running"
    """The file is right; nothing runs it, and it starts with the router."""
    OUTDATED = "running old version"
    """What runs began with other bytes, other arguments or other settings."""
    EXTRA = "extra"
    """We put it there, and nobody wants it any more."""
    FOREIGN = "unknown"
    """A file that nobody asked for and that is not ours. It is named, never touched."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """One script that is not as it should be."""

    path: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Seen:
    """What a router has.

    Attributes:
        folders: What lies in each folder, by the folder's path.
        lua: What runs.
        book: What of it is known to be ours, or old.
        read: Returns a file's bytes, or None where that would open a door.
    """

    folders: Mapping[str, Mapping[str, Entry]]
    lua: Lua
    book: Book
    read: Callable[[str], bytes | None]

    def entry(self, path: str) -> Entry | None:
        """Return a file as it is listed."""
        folder, _, name = path.rpartition("/")
        return self.folders.get(folder, {}).get(name)

    def holds(self, path: str, wanted: str, size: int) -> bool | None:
        """Tell whether a file has the bytes of a digest; None where that cannot be told."""
        entry = self.entry(path)
        if entry is None or entry.size != size:
            return False
        if (data := self.read(path)) is not None:
            return digest(data) == wanted
        put = self.book.put.get(path)
        return put.digest == wanted if put and put.stamp == entry.stamp else None


def compare(scripts: Sequence[Script], seen: Seen) -> tuple[Difference, ...]:
    """Return how a router differs from what it should have; nothing where it does not."""
    found = [Difference(script.path, kind) for script in scripts if (kind := _kind(script, seen))]
    asked = {script.path for script in scripts}
    present = _present(seen)
    ours = {
        path for path in seen.book.put.keys() - asked if path in present and _is_ours(path, seen)
    }
    found += [Difference(path, Kind.EXTRA) for path in ours]
    found += [
        Difference(path, Kind.FOREIGN)
        for path in present - asked - ours
        if path.startswith("/") and not _is_leftover(path)
    ]
    return tuple(sorted(found))


def _present(seen: Seen) -> set[str]:
    """Return the paths of all scripts: those that lie in a folder, and those that run."""
    lying = {
        f"{folder}/{entry.name}"
        for folder, entries in seen.folders.items()
        for entry in entries.values()
        if entry.size is not None and entry.name.endswith(".lua")
    }
    return lying | {task.script for task in seen.lua.tasks if task.script}


def _is_ours(path: str, seen: Seen) -> bool:
    """Tell whether what was put there is what is there: somebody may have changed it since."""
    put = seen.book.put[path]
    return seen.entry(path) is None or seen.holds(path, put.digest, put.size) is True


def _is_leftover(path: str) -> bool:
    return path.endswith(LEFTOVERS)


def _kind(script: Script, seen: Seen) -> Kind | None:
    if not script.embedded and (kind := _kind_of_file(script, seen)):
        return kind
    if not script.resident:
        return None
    running = tasks.running(seen.lua, script.path)
    if not running:
        return Kind.STOPPED
    old = any(_began_otherwise(task, script) or seen.book.runs_old(task) for task in running)
    return Kind.OUTDATED if old else None


def _began_otherwise(task: Task, script: Script) -> bool:
    """Tell whether a task was started with other arguments, as far as its command line says."""
    _, path, arguments = (task.command or "").partition(script.path)
    return bool(path) and arguments.split() != script.arguments.split()


def _kind_of_file(script: Script, seen: Seen) -> Kind | None:
    old = script.path.removesuffix(".lua") + ".old.lua"
    if seen.entry(old) is not None:
        return Kind.DIFFERENT
    if seen.entry(script.path) is None:
        return Kind.MISSING
    same = seen.holds(script.path, script.digest, len(script.source))
    if same is None:
        return Kind.UNCOMPARED
    return None if same else Kind.DIFFERENT


def require_slots(scripts: Sequence[Script], leaving: Iterable[str], lua: Lua, router: str) -> None:
    """Refuse scripts that could not all run beside what others run.

    Args:
        scripts: What shall run.
        leaving: Paths of what will be stopped.
        lua: What runs.
        router: Its name.

    Raises:
        PlanError: There are too few slots.
    """
    resident = {script.path for script in scripts if script.resident}
    gone = set(leaving)
    others = [
        task.script or task.command or "?"
        for task in lua.tasks
        if task.script not in resident and task.script not in gone
    ]
    if len(resident) + len(others) > tasks.SLOTS:
        raise PlanError(
            f"{len(resident)} scripts shall run and {len(others)} others do, of {tasks.SLOTS} "
            f"at once: {', '.join(sorted(others))}",
            router=router,
            hint="stop one: yamaha-ops lua stop ROUTER SCRIPT",
        )
