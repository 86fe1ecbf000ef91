"""What the toolkit itself put on a router, and which of it still runs as it was before.

A script that nobody wants any more is removed only if it is in here: whatever else lies on a
router may be somebody else's. And a task keeps the code and the settings it began with, which no
answer of the router tells.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops import durable
from yamaha_ops.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from yamaha_ops.status.lua import Task

FORMAT: Final = 1


def digest(source: bytes) -> str:
    """Return what two scripts share exactly when they have the same bytes."""
    return sha256(source).hexdigest()


@dataclass(frozen=True, slots=True)
class Put:
    """One script as it was put on the router.

    Attributes:
        digest: Of its bytes, see :func:`digest`.
        size: How many they are.
        stamp: When it was written, as the router lists it; None for one in the configuration.
    """

    digest: str
    size: int = 0
    stamp: str | None = None

    @classmethod
    def of(cls, source: bytes, stamp: str | None = None) -> Put:
        """Return what is kept of a script that was put there."""
        return cls(digest(source), len(source), stamp)


@dataclass(frozen=True, slots=True)
class Book:
    """What is known of one router's scripts.

    Attributes:
        put: What was put there, by path.
        outdated: When a task began that runs something older than what lies there, by path.
        settings: Router variables as they were set last, by name; never a secret.
    """

    put: Mapping[str, Put] = field(default_factory=dict)
    outdated: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)

    def runs_old(self, task: Task) -> bool:
        """Tell whether a task began before its script or its settings became what they are."""
        return self.outdated.get(task.script or "") == _began(task.started_at)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file that keeps a router's :class:`Book`. Writers hold the router's lock."""

    path: Path

    def read(self) -> Book:
        """Return what is known.

        Raises:
            ConsoleError: The file cannot be read.
        """
        try:
            data: dict[str, Any] = json.loads(self.path.read_bytes())
            return _book(data)
        except FileNotFoundError:
            return Book()
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise ConsoleError(
                "the record of the scripts put on the router cannot be read",
                where=str(self.path),
                hint="Remove it: then what is no longer wanted there is left for you to remove.",
            ) from None

    def note(self, path: str, put: Put) -> None:
        """Note that a script is on the router because the inventory wants it."""
        book = self.read()
        self._write(replace(book, put={**book.put, path: put}))

    def forget(self, path: str) -> None:
        """Note that a script is not there any more, or is no longer ours."""
        book = self.read()
        put = {each: known for each, known in book.put.items() if each != path}
        left = {each: began for each, began in book.outdated.items() if each != path}
        self._write(replace(book, put=put, outdated=left))

    def outdate(self, tasks: Iterable[Task]) -> None:
        """Note that tasks run something older than what lies there, or will in a moment."""
        began = {task.script: _began(task.started_at) for task in tasks if task.script}
        book = self.read()
        if began:
            self._write(replace(book, outdated={**book.outdated, **began}))

    def renew(self, path: str) -> None:
        """Note that what runs of a script is what lies there."""
        book = self.read()
        if path in book.outdated:
            left = {each: began for each, began in book.outdated.items() if each != path}
            self._write(replace(book, outdated=left))

    def set(self, settings: Mapping[str, str]) -> None:
        """Note what the router variables are set to: plain ones, no secrets."""
        book = self.read()
        if book.settings != settings:
            self._write(replace(book, settings=settings))

    def _write(self, book: Book) -> None:
        data = {
            "format": FORMAT,
            "put": {path: asdict(put) for path, put in sorted(book.put.items())},
            "outdated": dict(sorted(book.outdated.items())),
            "settings": dict(sorted(book.settings.items())),
        }
        try:
            durable.keep(self.path, json.dumps(data, indent=1).encode() + b"\n")
        except OSError as error:
            raise ConsoleError(
                f"the record of the scripts put on the router cannot be kept: {error.strerror}",
                where=str(self.path),
            ) from error


def _book(data: dict[str, Any]) -> Book:
    if data["format"] != FORMAT:
        raise ValueError(data["format"])
    put = {path: Put(**each) for path, each in data["put"].items()}
    return Book(put, dict(data["outdated"]), dict(data["settings"]))


def _began(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
