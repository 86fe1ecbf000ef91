"""A span of the day, local time, in which something disturbing may begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import TYPE_CHECKING, Self

from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

_FORM = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Window:
    """From the first time up to, but without, the last; over midnight where that is earlier."""

    first: time
    last: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``02:00-04:30``.

        Raises:
            InputError: It is no such span.
        """
        found = _FORM.fullmatch(text)
        try:
            if found:
                one, two, three, four = map(int, found.groups())
                return cls(time(one, two), time(three, four))
        except ValueError:
            pass
        raise InputError(f"{text!r} is no window", hint="Give it as --window 02:00-04:30.")

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies in it."""
        now = moment.time()
        if self.first < self.last:
            return self.first <= now < self.last
        return now >= self.first or now < self.last

    def __str__(self) -> str:
        return f"{self.first:%H:%M}-{self.last:%H:%M}"
