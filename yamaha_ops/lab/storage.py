"""What survives a power cut: configuration slots with their backups, and the RTFS."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Final

SLOTS: Final = range(5)
BACKUPS: Final = 2
RTFS_BYTES: Final = 1_572_864
RTFS_ENTRIES: Final = 1000
"""Capacity as in the example of REF 58.62: 1,572,864 bytes, 995 entries left with 5 in use."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One stored configuration: the text with real secrets, when, and the comment."""

    text: str
    time: float
    comment: str = ""


class Slots:
    """``config0`` .. ``config4``, each with backups ``.1`` and ``.2`` (REF 56.3, 57.2)."""

    def __init__(self) -> None:
        self._slots: dict[int, list[Saved]] = {}
        self.default = 0
        """The slot that the next start reads (``set-default-config``)."""

    def save(self, slot: int, saved: Saved) -> None:
        """Store in a slot; what was there becomes backup ``.1``, and that one ``.2``."""
        self._slots[slot] = [saved, *self._slots.get(slot, [])][: 1 + BACKUPS]

    def get(self, name: str) -> Saved | None:
        """Return what ``N`` or ``N.B`` holds, or None."""
        slot, _, backup = name.partition(".")
        stored = self._slots.get(int(slot), [])
        index = int(backup or 0)
        return stored[index] if index < len(stored) else None

    def delete(self, name: str) -> bool:
        """Forget ``N`` with its backups, or one backup ``N.B``; tell whether there was one."""
        slot, _, backup = name.partition(".")
        if self.get(name) is None:
            return False
        if backup:
            del self._slots[int(slot)][int(backup)]
        else:
            del self._slots[int(slot)]
        return True

    def names(self) -> list[str]:
        """Return every stored name in order: ``0``, ``0.1``, ``0.2``, ``1`` ..."""
        return [
            f"{slot}.{index}" if index else str(slot)
            for slot, stored in sorted(self._slots.items())
            for index in range(len(stored))
        ]

    def clear(self) -> None:
        """Forget everything (``cold start``)."""
        self._slots.clear()
        self.default = 0


class RtfsError(OSError):
    """The RTFS refuses: no such directory, no room, or a name in the way."""


@dataclass(slots=True)
class Rtfs:
    """The file system in flash: paths to bytes, directories of their own.

    Writes count in :attr:`writes`, because flash wears (REF chapter 5).
    """

    files: dict[str, bytes] = field(default_factory=dict)
    directories: set[str] = field(default_factory=lambda: {"/"})
    writes: int = 0

    def free(self) -> int:
        """Return the bytes left."""
        return RTFS_BYTES - sum(len(data) for data in self.files.values())

    def entries_left(self) -> int:
        """Return how many more files and directories can be made; the root counts as none."""
        return RTFS_ENTRIES - len(self.files) - (len(self.directories) - 1)

    def exists(self, path: str) -> bool:
        """Tell whether a file or directory has this absolute path."""
        return path in self.files or path in self.directories

    def read(self, path: str) -> bytes:
        """Return a file's bytes.

        Raises:
            RtfsError: There is no such file.
        """
        try:
            return self.files[path]
        except KeyError:
            raise RtfsError(f"no such file: {path}") from None

    def write(self, path: str, data: bytes) -> None:
        """Store a file; its directory must exist.

        Raises:
            RtfsError: No such directory, a directory of that name, or no room.
        """
        if posixpath.dirname(path) not in self.directories:
            raise RtfsError(f"no such directory: {posixpath.dirname(path)}")
        if path in self.directories:
            raise RtfsError(f"is a directory: {path}")
        old = len(self.files.get(path, b""))
        if len(data) - old > self.free() or (path not in self.files and not self.entries_left()):
            raise RtfsError("no space left on the RTFS")
        self.files[path] = data
        self.writes += 1

    def make_directory(self, path: str) -> None:
        """Make one directory; its parent must exist.

        Raises:
            RtfsError: No parent, the name is taken, or no entry is left.
        """
        if posixpath.dirname(path) not in self.directories:
            raise RtfsError(f"no such directory: {posixpath.dirname(path)}")
        if self.exists(path) or not self.entries_left():
            raise RtfsError(f"cannot make directory: {path}")
        self.directories.add(path)
        self.writes += 1

    def delete(self, path: str) -> None:
        """Remove a file, or a directory with all that is in it (REF 56.5.2).

        Raises:
            RtfsError: There is nothing of that name, or it is the root.
        """
        if path == "/" or not self.exists(path):
            raise RtfsError(f"no such file or directory: {path}")
        below = path + "/"
        self.files = {
            name: data
            for name, data in self.files.items()
            if name != path and not name.startswith(below)
        }
        self.directories = {
            name for name in self.directories if name != path and not name.startswith(below)
        }
        self.writes += 1

    def rename(self, path: str, name: str) -> None:
        """Give a file or directory a new bare name in the same place (REF 56.5.4).

        Raises:
            RtfsError: Nothing of that name, the new name is taken, or it is not bare.
        """
        target = posixpath.join(posixpath.dirname(path), name)
        if "/" in name or path == "/" or not self.exists(path) or self.exists(target):
            raise RtfsError(f"cannot rename {path} to {name}")
        moved = {path: target}
        below = path + "/"

        def renamed(old: str) -> str:
            return target + old[len(path) :] if old.startswith(below) else moved.get(old, old)

        self.files = {renamed(old): data for old, data in self.files.items()}
        self.directories = {renamed(old) for old in self.directories}
        self.writes += 1

    def listing(self, path: str) -> list[str]:
        """Return the bare names in a directory, sorted.

        Raises:
            RtfsError: There is no such directory.
        """
        if path not in self.directories:
            raise RtfsError(f"no such directory: {path}")
        inside = path.rstrip("/") + "/"
        return sorted(
            name[len(inside) :]
            for name in (*self.files, *self.directories)
            if name.startswith(inside) and name != inside and "/" not in name[len(inside) :]
        )
