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
        return f"{self.series:02}.{self.major:02}.{self.minor:02}"


_ANY = "00.00.00"
_UNKNOWN = "?"
"""The model is outside the reference and nobody is known to have said: taken as it comes."""

FEATURES: dict[str, dict[str, str]] = {
    # REF 56.7.31-32: `rollback timer` and `confirm`; the NVR510 is not among its models.
    "rollback-timer": {
        "RTX830": "15.02.03",
        "RTX840": _ANY,
        "RTX1210": "14.01.26",
        "RTX1220": _ANY,
        "RTX1300": _ANY,
    },
    # REF 56.7.30: `load` with a rollback timer, and with `no-key-generate`.
    "load": {
        "RTX830": "15.02.03",
        "RTX840": _ANY,
        "RTX1210": "14.01.28",
        "RTX1220": _ANY,
        "RTX1300": _ANY,
    },
    # REF 37.1, forms five to eight: `schedule at ID +SECONDS`.
    "schedule-after": {
        "RTX830": "15.02.03",
        "RTX840": _ANY,
        "RTX1210": "14.01.41",
        "RTX1220": "15.04.04",
        "RTX1300": _ANY,
        "NVR510": _ANY,
    },
    # REF 23.11: the revision that got 16 port ranges is the one that got MAP-E.
    "map-e": {
        "RTX830": "15.02.03",
        "RTX840": _ANY,
        "RTX1210": "14.01.26",
        "RTX1220": _ANY,
        "RTX1300": _ANY,
        "NVR510": _UNKNOWN,
    },
    # REF 14.14: the command `tunnel map-e type`; before it, a MAP-E tunnel is v6 Plus.
    "map-e type": {
        "RTX830": "15.02.10",
        "RTX840": _ANY,
        "RTX1210": "14.01.34",
        "RTX1220": _ANY,
        "RTX1300": _ANY,
        "NVR510": _UNKNOWN,
    },
    # REF 14.14: the keyword `ipv6option`.
    "map-e type ipv6option": {
        "RTX830": "15.02.29",
        "RTX840": _ANY,
        "RTX1210": "14.01.42",
        "RTX1220": "15.04.05",
        "RTX1300": "23.00.05",
    },
    # REF 14.16, 23.4.
    "hb46pp": {
        "RTX830": "15.02.31",
        "RTX840": _ANY,
        "RTX1220": "15.04.07",
        "RTX1300": "23.00.12",
    },
    # REF 14.9: an IPv4-over-IPv6 tunnel to an address.
    "ipip": dict.fromkeys(MODELS, _ANY),
    # REF 14.10: a name as the far end of an IPIP tunnel.
    "ipip endpoint name": {**dict.fromkeys(MODELS, _ANY), "RTX1210": "14.01.20"},
    # REF 23.11: how many port ranges one NAT descriptor may have.
    "16 port ranges": {
        **dict.fromkeys(MODELS, _ANY),
        "RTX830": "15.02.03",
        "RTX1210": "14.01.26",
    },
    "64 port ranges": {
        **dict.fromkeys(MODELS, _ANY),
        "RTX830": "15.02.10",
        "RTX1210": "14.01.34",
    },
    # REF 4.93.
    "embedded file": {
        **dict.fromkeys(MODELS, _ANY),
        "RTX830": "15.02.03",
        "RTX1210": "14.01.26",
    },
    # REF 11.16.
    "pppoe": dict.fromkeys(MODELS, _ANY),
}


ADMINISTRATOR_WORDS = {"RTX840": "1", "RTX1300": "1"}
"""What ``user attribute administrator=`` says for yes; ``on`` elsewhere (REF 4.10)."""


def since(feature: str, model: str) -> Revision | None:
    """Return the first revision of a model that has a feature; None: none has it, or unknown."""
    first = FEATURES[feature].get(model, _UNKNOWN)
    return None if first == _UNKNOWN else Revision.parse(first)


def supports(feature: str, model: str, revision: Revision | None) -> bool | None:
    """Tell whether a router has a feature; None means that it depends on an unknown revision."""
    if model not in FEATURES[feature]:
        return False
    first = since(feature, model)
    if first == Revision.parse(_ANY):
        return True
    return None if revision is None or first is None else revision >= first
