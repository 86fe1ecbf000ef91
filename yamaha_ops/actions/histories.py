"""The history that belongs to an inventory, and how what is in it is said."""

from __future__ import annotations

import getpass
import os
import re
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter, ValidationError

from yamaha_ops.errors import InputError
from yamaha_ops.history import Person, Revision, Store, Vault, key_in_file
from yamaha_ops.inventory import Inventory, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE: Final = "YAMAHA_OPS_HISTORY"
"""The environment variable that says where the history is."""

_PERSON: Final = re.compile(r"([^<>\n]+?) *<([^<>\s]+)>")


def store_for(inventory: Inventory, path: Path | None, key: str | None) -> Store:
    """Return the history that belongs to an inventory.

    Raises:
        InputError: The key is given as such instead of by a reference.
    """
    if key is None:
        file = inventory.state / "history.key"
        vault = Vault(lambda: key_in_file(file, _tell), about=str(file))
    else:
        try:
            secret = TypeAdapter(Secret).validate_python(key, context={"base": inventory.folder})
        except ValidationError:
            raise InputError(
                f"the history key must be a reference ({Secret.FORMS}), not the key itself"
            ) from None
        vault = Vault(secret.resolve, about=str(secret))
    return Store(path or inventory.state / "history.git", vault)


def store_beside(inventory: Path, path: Path | None) -> Store:
    """Return the history that belongs to an inventory file, which is not read.

    So a listing stays instant whatever the size of the inventory, and what was kept of a router
    that is in no inventory any more can still be found.
    """
    return store_for(Inventory(inventory, {}, {}), path, None)


def backup_times(inventory: Inventory) -> Callable[[str], float | None]:
    """Return what tells when a router was last backed up, for the exporter."""
    path = os.environ.get(VARIABLE)
    return store_for(inventory, Path(path) if path else None, None).backup_time


def author_from(text: str | None) -> Person:
    """Return who a backup is by.

    Raises:
        InputError: The text is not ``Name <mail>``.
    """
    if text is None:
        user = getpass.getuser()
        return Person(user, f"{user}@{socket.gethostname()}")
    found = _PERSON.fullmatch(text.strip())
    if not found:
        raise InputError(f"the author {text!r} is not 'Name <mail>'")
    return Person(found[1], found[2])


def local_time(seconds: float) -> str:
    """Return a time for people, in their own zone."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def revision_as_json(revision: Revision) -> dict[str, Any]:
    """Return plain data; the time is ISO 8601."""
    return {
        "router": revision.router,
        "revision": revision.id,
        "time": datetime.fromtimestamp(revision.time, UTC).isoformat(),
        "author": revision.author,
        "reason": revision.reason,
        "tags": list(revision.tags),
    }


def _tell(text: str) -> None:
    sys.stderr.write(f"yamaha-ops: {text}\n")
