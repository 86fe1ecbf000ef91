"""The console settings that a session borrows, and how the router gets its own back.

There is no `terminal length` on these routers: columns, lines and character set are configuration
(REF 4.21-4.23). They show in ``show config`` at once, and a ``save`` by anybody keeps them. So what
was in force is written to disk before the first of them is sent, and put back afterwards: by this
session or, after a crash, by the next one.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yamaha_ops import durable
from yamaha_ops.errors import ConsoleError
from yamaha_ops.firmware import Revision

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

QUESTION: Final = "show config | grep console"

_SETTING: Final = re.compile(r"console (columns|lines|character) (\S+)\s*")

_WIDE_SINCE: Final = {
    "RTX830": "15.02.14",
    "RTX840": "00.00.00",
    "RTX1210": "14.01.35",
    "RTX1220": "00.00.00",
    "RTX1300": "00.00.00",
    "RTX3510": "00.00.00",
}
"""First revision that takes more than 200 columns (REF 4.22); other models never do."""

NARROW: Final = 200
WIDE: Final = 4096


def most_columns(model: str, firmware: str) -> int:
    """Return the most ``console columns`` that a router is known to take."""
    since = _WIDE_SINCE.get(model)
    try:
        wide = since is not None and Revision.parse(firmware) >= Revision.parse(since)
    except ValueError:
        wide = False
    return WIDE if wide else NARROW


def in_force(lines: Iterable[str]) -> dict[str, str]:
    """Return the explicit settings among configuration lines, by name: columns, lines, character.

    A name that is missing has its default.
    """
    found = (_SETTING.fullmatch(line) for line in lines)
    return {match[1]: match[2] for match in found if match}


def wanted(columns: int) -> dict[str, str]:
    """Return the settings under which an answer comes whole and Japanese text comes right."""
    return {"columns": str(columns), "lines": "infinity", "character": "ja.sjis"}


DEFAULTS: Final = {"columns": "80", "lines": "24", "character": "ja.sjis"}


@dataclass(frozen=True, slots=True)
class Borrowed:
    """What was in force, and what stands in its place for now.

    Attributes:
        original: Value by setting name, None where it had its default.
        temporary: Value by setting name.
    """

    original: Mapping[str, str | None]
    temporary: Mapping[str, str]

    @classmethod
    def of(cls, present: Mapping[str, str], columns: int) -> Borrowed:
        """Borrow only the settings that are not already as they should be."""
        temporary = {
            name: value
            for name, value in wanted(columns).items()
            if present.get(name, DEFAULTS[name]) != value
        }
        return cls({name: present.get(name) for name in temporary}, temporary)

    def undoing(self, present: Mapping[str, str] | None = None) -> list[str]:
        """Return the commands that put the original settings back.

        Args:
            present: What is in force; a setting that is no longer ours was changed by somebody
                else, or by a restart, and is left alone.
        """
        return [
            f"no console {name}" if value is None else f"console {name} {value}"
            for name, value in self.original.items()
            if present is None or present.get(name) == self.temporary[name]
        ]

    def hidden(self, lines: Iterable[str]) -> list[str]:
        """Return configuration lines as they would be without the temporary settings."""
        kept = []
        for line in lines:
            match = _SETTING.fullmatch(line)
            if match and self.temporary.get(match[1]) == match[2]:
                value = self.original[match[1]]
                if value is not None:
                    kept.append(f"console {match[1]} {value}")
            else:
                kept.append(line)
        return kept


class Record:
    """``<state>/console/NAME.json``: what a session has borrowed, for as long as it has.

    Holding its lock says that the session is alive; a record whose lock is free was left behind.
    """

    def __init__(self, state: Path, name: str) -> None:
        self._name = name
        self.path = (state / "console" / f"{name}.json").absolute()
        self._lock = durable.Lock(self.path.with_suffix(".lock"))

    def left_behind(self) -> bool:
        """Tell whether there is a record at all; whose it is, only the lock tells."""
        return self.path.exists()

    def take(self, patience: float = 0.0) -> bool:
        """Take the lock, waiting at most so long; False when a living process keeps it."""
        end = time.monotonic() + patience
        try:
            while not self._lock.acquire(wait=False):
                if time.monotonic() >= end:
                    return False
                # flock cannot wait for a limited time; the other run ends when it ends.
                time.sleep(0.05)
        except OSError as error:
            raise self._unusable(error) from error
        return True

    def release(self) -> None:
        """Give the lock back."""
        self._lock.release()

    def write(self, borrowed: Borrowed) -> None:
        """Write what is borrowed, before it is; the lock must be held.

        Raises:
            ConsoleError: The disk refuses; nothing may be sent then.
        """
        text = json.dumps(
            {"original": dict(borrowed.original), "temporary": dict(borrowed.temporary)}, indent=1
        )
        try:
            durable.keep(self.path, text.encode() + b"\n")
        except OSError as error:
            raise self._unusable(error) from error

    def read(self) -> Borrowed | None:
        """Return what was left behind, or None."""
        try:
            data = json.loads(self.path.read_bytes())
            return Borrowed(dict(data["original"]), dict(data["temporary"]))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error
        except (ValueError, KeyError, TypeError):
            raise ConsoleError(
                "the record of borrowed console settings cannot be read",
                router=self._name,
                where=str(self.path),
                hint="compare `show config | grep console` with what should be there, put it "
                "right, and remove the file",
            ) from None

    def remove(self) -> None:
        """Forget what was borrowed: it has been given back."""
        durable.remove(self.path)

    def _unusable(self, error: OSError) -> ConsoleError:
        return ConsoleError(
            f"the record of borrowed console settings cannot be kept: {error.strerror}",
            router=self._name,
            where=str(self.path),
        )


@dataclass(slots=True, eq=False)
class Loan:
    """What the sessions of this process have borrowed from one router, together.

    A second session (one that verifies, say, while the first keeps a timer alive) uses the settings
    that the first one borrowed; the last of them gives them back.
    """

    record: Record
    users: int = 0
    present: dict[str, str] = field(default_factory=dict)
    borrowed: Borrowed | None = None
    mutex: threading.RLock = field(default_factory=threading.RLock)


_loans: Final[dict[Path, Loan]] = {}
_guard: Final = threading.Lock()


def join(state: Path, name: str) -> Loan:
    """Use the loan on a router that this process has, or begin one."""
    record = Record(state, name)
    with _guard:
        loan = _loans.setdefault(record.path, Loan(record))
        loan.users += 1
    return loan


def part(loan: Loan) -> bool:
    """Stop using a loan; True when nobody uses it any more."""
    with _guard:
        loan.users -= 1
        if loan.users:
            return False
        del _loans[loan.record.path]
    return True
