"""What lies in a folder of the router, as ``show file list`` prints it (REF 57.9)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import CommandError

if TYPE_CHECKING:
    from yamaha_ops.router import Session

# Recorded for folders only: `2019/07/26 17:21:38 <DIR>           dashboard`. That a file's row has
# its size where a folder's has <DIR> is assumed.
_ROW: Final = re.compile(r"(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d)\s+(<DIR>|\d+)\s+(\S.*?)\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file, with its size in bytes, or a folder (None); and its time as the router lists it."""

    name: str
    size: int | None
    stamp: str = ""


def listing(session: Session, folder: str) -> dict[str, Entry]:
    """Return what is in a folder, by name.

    Raises:
        CommandError: There is no such folder.
    """
    rows = (_ROW.fullmatch(line) for line in session.run(f"show file list {folder}").splitlines())
    entries = (
        Entry(row[3], None if row[2] == "<DIR>" else int(row[2]), row[1]) for row in rows if row
    )
    return {entry.name: entry for entry in entries}


def make_folder(session: Session, folder: str) -> bool:
    """Make a folder with what leads to it, where it is not there; tell whether it was made.

    Raises:
        CommandError: The router refuses, or a file is in the way.
    """
    made = False
    parent = "/"
    for name in folder.strip("/").split("/") if folder.strip("/") else ():
        entry = listing(session, parent).get(name)
        path = f"{parent.rstrip('/')}/{name}"
        if entry is None:
            session.send(f"make directory {path}")
            made = True
        elif entry.size is not None:
            raise CommandError(f"{path} is a file, not a folder", router=session.router)
        parent = path
    return made
