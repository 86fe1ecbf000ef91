"""File names of a router: RTFS, USB, microSD, files embedded in the configuration."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.storage import RtfsError

if TYPE_CHECKING:
    from yamaha_ops.lab.router import EmulatedRouter

EXTERNAL: Final = ("usb1:", "sd1:", "emfs:")


def absolute(router: EmulatedRouter, name: str) -> str:
    """Return a path from the root; relative names start at the variable ``PWD`` (REF 57.9)."""
    if name.startswith(EXTERNAL):
        return name
    directory = "/"
    for words in router.view.all("set"):
        key, _, value = words[0].partition("=") if words else ("", "", "")
        if key == "PWD":
            directory = value
    return posixpath.normpath(posixpath.join("/", directory, name))


def read_file(router: EmulatedRouter, name: str) -> bytes:
    """Return a file's bytes, wherever it lies.

    Raises:
        Refusal: There is no such file.
    """
    path = absolute(router, name)
    try:
        if path.startswith("emfs:"):
            return router.running.embedded(path.removeprefix("emfs:").lstrip("/"))
        if path.startswith(EXTERNAL):
            return router.external[path]
        return router.rtfs.read(path)
    except (RtfsError, KeyError):
        raise Refusal(Problem.NO_SUCH_FILE) from None


def write_file(router: EmulatedRouter, name: str, data: bytes) -> None:
    """Store a file.

    Raises:
        Refusal: The place does not exist or has no room.
    """
    path = absolute(router, name)
    if path.startswith("emfs:"):
        raise Refusal(Problem.FILE_REFUSED)
    if path.startswith(EXTERNAL):
        router.external[path] = data
        return
    try:
        router.rtfs.write(path, data)
    except RtfsError:
        raise Refusal(Problem.FILE_REFUSED) from None
