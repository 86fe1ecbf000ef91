"""Models and firmware revisions: which router can do what, as data.

Sources: Yamaha command reference, edition 12.01 (REF, with its section); a line without a section
is from the release notes that the reference's "since" notes agree with. A model that is absent
from a feature's row cannot do it at any revision the reference covers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

Model = Literal["RTX830", "RTX840", "RTX1210", "RTX1220", "RTX1300", "NVR510"]
MODELS: tuple[str, ...] = get_args(Model)

_REVISION = re.compile(r"(?:Rev\.)?(\d{1,2})\.(\d{2})\.(\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class Revision:
    """A firmware revision such as ``Rev.15.02.09``; within one model, later is greater."""

    series: int
    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> Revision:
        """Read ``15.02.09`` or ``Rev.15.02.09``; anything else is a ``ValueError``."""
        match = _REVISION.fullmatch(text.strip())
        if not match:
            raise ValueError(f"{text!r} is not a firmware revision such as 15.02.09")
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.series}.{self.major:02}.{self.minor:02}"


_ANY = "00.00.00"

FEATURES: dict[str, dict[str, str]] = {
    # REF 14.4; the RTX830 note in facts of the field: MAP-E itself from 15.02.03.
    "map-e": {
        "RTX830": "15.02.03",
        "RTX840": _ANY,
        "RTX1210": "14.01.26",
        "RTX1220": _ANY,
        "RTX1300": _ANY,
        "NVR510": "15.01.03",
    },
}


def since(feature: str, model: str) -> Revision | None:
    """Return the first revision of a model that has a feature, or None where none has it."""
    first = FEATURES[feature].get(model)
    return Revision.parse(first) if first else None


def supports(feature: str, model: str, revision: Revision | None) -> bool | None:
    """Tell whether a router has a feature; None means that it depends on an unknown revision."""
    first = since(feature, model)
    if first is None:
        return False
    if revision is None:
        return True if first == Revision.parse(_ANY) else None
    return revision >= first
