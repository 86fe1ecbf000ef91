"""SFTP: ``/system/config0`` .. ``config4`` and the RTFS."""

from __future__ import annotations

import posixpath
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, cast

from asyncssh import (
    FXF_APPEND,
    FXF_CREAT,
    FXF_EXCL,
    FXF_TRUNC,
    FXF_WRITE,
    SFTPAttrs,
    SFTPFailure,
    SFTPName,
    SFTPNoSuchFile,
    SFTPPermissionDenied,
    SFTPServer,
)

from yamaha_ops.lab.exported import exported, imported
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.storage import SLOTS, RtfsError, Saved

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from asyncssh import SSHServerChannel
    from asyncssh.channel import SSHChannel

    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    recorded("`/system/config0`..`/system/config4` give the saved slots", "rtprov"),
    recorded("A file written there is what `load config N` reads", "rtprov"),
    documented("Files are Shift_JIS with CR LF", "REF 2.3"),
    assumed(
        "A file has the comment lines of `show config` at its head",
        "TFTP files were seen with them",
    ),
    assumed("An empty slot is no file; backups `.1`, `.2` are not listed", "not stated"),
    assumed("Writing a slot makes backups as `save` does", "not stated"),
)

SYSTEM: Final = "/system"
_SLOT: Final = re.compile(r"/system/config([0-4])")


@dataclass(slots=True)
class _Handle:
    path: str
    data: bytearray = field(default_factory=bytearray)
    written: bool = False


class Files(SFTPServer):
    """Serves one router's files to one SFTP client."""

    def __init__(self, channel: SSHChannel[bytes], router: EmulatedRouter) -> None:
        super().__init__(cast("SSHServerChannel[bytes]", channel))
        self._router = router

    # --- files -------------------------------------------------------------------------------

    def open(self, path: bytes, pflags: int, attrs: SFTPAttrs) -> object:
        """Open a file: reading takes its bytes now, writing stores them at the end."""
        del attrs
        name = _name(path)
        if not pflags & FXF_WRITE:
            return _Handle(name, bytearray(self._read(name)))
        exists = self._exists(name)
        if exists and pflags & FXF_EXCL:
            raise SFTPFailure("File exists")
        if not exists and not pflags & FXF_CREAT:
            raise SFTPNoSuchFile("No such file")
        if name.startswith(f"{SYSTEM}/") and not _SLOT.fullmatch(name):
            raise SFTPPermissionDenied("Permission denied")
        keep = exists and not pflags & FXF_TRUNC and bool(pflags & FXF_APPEND)
        handle = _Handle(name, bytearray(self._read(name) if keep else b""), written=True)
        if (
            not _SLOT.fullmatch(name)
            and posixpath.dirname(name) not in self._router.rtfs.directories
        ):
            raise SFTPNoSuchFile("No such directory")
        return handle

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read a piece."""
        return bytes(_handle(file_obj).data[offset : offset + size])

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write a piece."""
        held = _handle(file_obj).data
        if offset + len(data) > self._router.rtfs.free():
            raise SFTPFailure("No space left")
        held.extend(bytes(max(0, offset - len(held))))
        held[offset : offset + len(data)] = data
        return len(data)

    def close(self, file_obj: object) -> None:
        """Store what was written."""
        handle = _handle(file_obj)
        if not handle.written:
            return
        slot = _SLOT.fullmatch(handle.path)
        router = self._router
        if slot:
            saved = Saved(imported(bytes(handle.data)), router.clock.now())
            router.slots.save(int(slot[1]), saved)
            return
        try:
            router.rtfs.write(handle.path, bytes(handle.data))
        except RtfsError as error:
            raise SFTPFailure(str(error)) from None

    def remove(self, path: bytes) -> None:
        """Delete a file or a slot."""
        name = _name(path)
        slot = _SLOT.fullmatch(name)
        if slot:
            if not self._router.slots.delete(slot[1]):
                raise SFTPNoSuchFile("No such file")
            return
        self._delete(name)

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename within a directory; an existing target is refused."""
        old, new = _name(oldpath), _name(newpath)
        if posixpath.dirname(old) != posixpath.dirname(new):
            raise SFTPFailure("Cannot move between directories")
        try:
            self._router.rtfs.rename(old, posixpath.basename(new))
        except RtfsError as error:
            raise SFTPFailure(str(error)) from None

    # --- directories -------------------------------------------------------------------------

    def mkdir(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Make a directory on the RTFS."""
        del attrs
        try:
            self._router.rtfs.make_directory(_name(path))
        except RtfsError as error:
            raise SFTPFailure(str(error)) from None

    def rmdir(self, path: bytes) -> None:
        """Delete an empty directory of the RTFS."""
        name = _name(path)
        if name in self._router.rtfs.directories and self._router.rtfs.listing(name):
            raise SFTPFailure("Directory not empty")
        self._delete(name)

    async def scandir(self, path: bytes) -> AsyncIterator[SFTPName]:
        """List a directory."""
        name = _name(path)
        rtfs = self._router.rtfs
        if name == SYSTEM:
            names = [f"config{n}" for n in SLOTS if self._router.slots.get(str(n))]
        elif name in rtfs.directories:
            names = rtfs.listing(name) + (["system"] if name == "/" else [])
        else:
            raise SFTPNoSuchFile("No such directory")
        for each in names:
            yield SFTPName(each.encode(), attrs=self._attributes(posixpath.join(name, each)))

    # --- attributes --------------------------------------------------------------------------

    def realpath(self, path: bytes) -> bytes:
        """Return a path from the root."""
        return _name(path).encode()

    def stat(self, path: bytes) -> SFTPAttrs:
        """Return size and kind."""
        return self._attributes(_name(path))

    lstat = stat

    def fstat(self, file_obj: object) -> SFTPAttrs:
        """Return the size so far."""
        return _file(len(_handle(file_obj).data), self._router.clock.now())

    def setstat(self, path: bytes, attrs: SFTPAttrs) -> None:
        """Take and forget: the RTFS keeps no times and no modes."""

    lsetstat = setstat

    def fsetstat(self, file_obj: object, attrs: SFTPAttrs) -> None:
        """Take and forget."""

    # --- what lies where ---------------------------------------------------------------------

    def _exists(self, name: str) -> bool:
        slot = _SLOT.fullmatch(name)
        if slot:
            return self._router.slots.get(slot[1]) is not None
        return name in self._router.rtfs.files

    def _read(self, name: str) -> bytes:
        slot = _SLOT.fullmatch(name)
        if slot:
            saved = self._router.slots.get(slot[1])
            if saved is None:
                raise SFTPNoSuchFile("No such file")
            return exported(saved.text, self._router.hardware, saved.time)
        try:
            return self._router.rtfs.read(name)
        except RtfsError:
            raise SFTPNoSuchFile("No such file") from None

    def _delete(self, name: str) -> None:
        try:
            self._router.rtfs.delete(name)
        except RtfsError:
            raise SFTPNoSuchFile("No such file") from None

    def _attributes(self, name: str) -> SFTPAttrs:
        if name == SYSTEM or name in self._router.rtfs.directories:
            return SFTPAttrs(permissions=stat.S_IFDIR | 0o755, size=0)
        return _file(len(self._read(name)), self._router.boot_time)


def _file(size: int, time: float) -> SFTPAttrs:
    return SFTPAttrs(permissions=stat.S_IFREG | 0o644, size=size, mtime=int(time), atime=int(time))


def _handle(file_obj: object) -> _Handle:
    assert isinstance(file_obj, _Handle)  # noqa: S101 -- asyncssh hands back what open returned
    return file_obj


def _name(path: bytes) -> str:
    return posixpath.normpath(posixpath.join("/", path.decode("utf-8", "replace")))
