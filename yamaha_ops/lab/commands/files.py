"""Files on the router: ``make directory``, ``copy``, ``delete``, ``rename``, ``show file list``."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.clock import stamp
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.paths import EXTERNAL, absolute, read_file, write_file
from yamaha_ops.lab.shell import operation
from yamaha_ops.lab.storage import RtfsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.lab.shell import Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    recorded("`show file list /`: time, `<DIR>`, name", "RTX830/show_file_list"),
    assumed("A file's row has its size where a directory has `<DIR>`", "only directories recorded"),
    documented("`copy` makes no parent directories, overwrites a file", "REF 56.5.3"),
    documented("`delete` takes a directory with all that is in it", "REF 56.5.2"),
    documented("`rename PATH NAME` with a bare name", "REF 56.5.4"),
    assumed("All files carry the time of the router's start", "the lab keeps no file times"),
    assumed("USB and microSD hold files without directories", "enough for scripts and exports"),
)


def _count(words: Words, count: int) -> None:
    if len(words) != count:
        raise Refusal(Problem.PARAMETER_COUNT)


@operation("make directory")
def make_directory(caller: Caller, words: Words) -> Iterator[str]:
    """Make one directory."""
    _count(words, 1)
    try:
        caller.router.rtfs.make_directory(absolute(caller.router, words[0]))
    except RtfsError:
        raise Refusal(Problem.FILE_REFUSED) from None
    yield from ()


@operation("copy")
def copy(caller: Caller, words: Words) -> Iterator[str]:
    """Copy a file, or a directory with all that is in it."""
    _count(words, 2)
    router = caller.router
    source, target = absolute(router, words[0]), absolute(router, words[1])
    if target in router.rtfs.directories:
        target = posixpath.join(target, posixpath.basename(source))
    if source not in router.rtfs.directories:
        write_file(router, target, read_file(router, source))
        return
    rtfs = router.rtfs
    below = source.rstrip("/") + "/"
    try:
        rtfs.make_directory(target)
        for name in sorted(rtfs.directories):
            if name.startswith(below):
                rtfs.make_directory(posixpath.join(target, name[len(below) :]))
        for name, data in list(rtfs.files.items()):
            if name.startswith(below):
                rtfs.write(posixpath.join(target, name[len(below) :]), data)
    except RtfsError:
        raise Refusal(Problem.FILE_REFUSED) from None
    yield from ()


@operation("delete")
def delete(caller: Caller, words: Words) -> Iterator[str]:
    """Delete a file, or a directory with all that is in it."""
    _count(words, 1)
    router = caller.router
    path = absolute(router, words[0])
    if path.startswith(EXTERNAL):
        if router.external.pop(path, None) is None:
            raise Refusal(Problem.NO_SUCH_FILE)
        return
    try:
        router.rtfs.delete(path)
    except RtfsError:
        raise Refusal(Problem.NO_SUCH_FILE) from None
    yield from ()


@operation("rename")
def rename(caller: Caller, words: Words) -> Iterator[str]:
    """Give a file a new bare name."""
    _count(words, 2)
    try:
        caller.router.rtfs.rename(absolute(caller.router, words[0]), words[1])
    except RtfsError:
        raise Refusal(Problem.FILE_REFUSED) from None
    yield from ()


@operation("show file list", "less file list", administrator=False)
def show_file_list(caller: Caller, words: Words) -> Iterator[str]:
    """List a directory: ``show file list PATH [all] [file-only]``."""
    if not words or set(words[1:]) - {"all", "file-only"}:
        raise Refusal(Problem.PARAMETER_COUNT)
    router = caller.router
    path = absolute(router, words[0])
    if path.startswith(EXTERNAL):
        entries = {name: data for name, data in router.external.items() if name.startswith(path)}
        for name, data in sorted(entries.items()):
            yield _row(router.boot_time, str(len(data)), name)
        return
    try:
        yield from _listing(caller, path, deep="all" in words, bare="file-only" in words)
    except RtfsError:
        raise Refusal(Problem.NO_SUCH_FILE) from None


def _listing(caller: Caller, path: str, *, deep: bool, bare: bool) -> Iterator[str]:
    rtfs = caller.router.rtfs
    for name in rtfs.listing(path):
        full = posixpath.join(path, name)
        directory = full in rtfs.directories
        if bare and not directory:
            yield name
        elif not bare:
            size = "<DIR>" if directory else str(len(rtfs.files[full]))
            yield _row(caller.router.boot_time, size, name)
        if deep and directory:
            yield from _listing(caller, full, deep=deep, bare=bare)


def _row(time: float, size: str, name: str) -> str:
    return (
        f"{stamp(time)} {size:<16}{name}"
        if size == "<DIR>"
        else f"{stamp(time)} {size:>14}  {name}"
    )
