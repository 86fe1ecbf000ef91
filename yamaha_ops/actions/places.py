"""Places for zero-touch: which router shall come up where, within which time, and which one did."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from yamaha_ops.durable import write_private
from yamaha_ops.errors import InputError, PlanError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """One place.

    Attributes:
        id: What ties a router to it: printed on the stick, said in the log.
        router: The entry of the inventory: template and variables.
        first: From when on it may be set up, in seconds since 1970.
        last: Until when.
        serial: The device that came up there; from then on no other one may.
        done: When that was finished.
    """

    id: str
    router: str
    first: float
    last: float
    serial: str | None = None
    done: float | None = None

    def check(self, now: float) -> None:
        """Refuse what is outside of the period, or finished.

        Raises:
            PlanError: Nothing may be sent.
        """
        if self.done is not None:
            raise PlanError(
                f"the place {self.id} is set up already, by the device {self.serial}",
                router=self.router,
                hint="For another device make the place anew: zero-touch place.",
            )
        if not self.first <= now < self.last:
            when = "is over" if now >= self.last else "has not begun"
            raise PlanError(
                f"the period of the place {self.id} {when} ({self.period})", router=self.router
            )

    def claimed_by(self, serial: str) -> Place:
        """Return the place, tied to a device.

        Raises:
            PlanError: Another device has it.
        """
        if self.serial not in {None, serial}:
            raise PlanError(
                f"the place {self.id} belongs to the device {self.serial}, and this is {serial}",
                router=self.router,
            )
        return replace(self, serial=serial)

    @property
    def period(self) -> str:
        """Both ends, ISO 8601."""
        ends = (datetime.fromtimestamp(end, UTC).astimezone() for end in (self.first, self.last))
        return " to ".join(end.isoformat(timespec="minutes") for end in ends)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


class Places:
    """The places, one file each in the state folder."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "zero-touch"

    def keep(self, place: Place) -> None:
        """Write a place.

        Raises:
            InputError: The folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._folder / f"{place.router}.json", json.dumps(place.as_json()) + "\n")

    def find(self, router: str) -> Place:
        """Return the place of a router.

        Raises:
            InputError: It has none, or the file is spoilt.
        """
        path = self._folder / f"{router}.json"
        try:
            return Place(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise InputError(
                f"there is no place for {router}",
                hint=f"Make one: yamaha-ops zero-touch place {router} --days 14",
            ) from None
        except (OSError, ValueError, TypeError) as error:
            raise InputError("is no place", where=str(path)) from error

    def all(self) -> Iterator[Place]:
        """Give every place, by router."""
        for path in sorted(self._folder.glob("*.json")):
            yield self.find(path.stem)

    def holder(self, serial: str) -> Place | None:
        """Return the place that a device has."""
        return next((place for place in self.all() if place.serial == serial), None)
