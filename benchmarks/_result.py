"""What one benchmark found: two costs measured side by side in one run, and what was wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Result:
    """One comparison.

    Attributes:
        area: What part of the toolkit, for grouping.
        what: What was compared, in a few words.
        ours: Our cost.
        theirs: The other's cost, in the same unit.
        unit: Of both costs.
        limit: The ratio that is wanted; None where the figure is only for information.
        faster: Whether the ratio is theirs to ours, at least ``limit``, and not ours to theirs, at
            most ``limit``.
    """

    area: str
    what: str
    ours: float
    theirs: float
    unit: str
    limit: float | None = None
    faster: bool = False

    @property
    def ratio(self) -> float:
        """Theirs to ours where ``faster``, else ours to theirs."""
        return self.theirs / self.ours if self.faster else self.ours / self.theirs

    @property
    def kept(self) -> bool:
        """Whether the wanted ratio is kept, or none is wanted."""
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.faster else self.ratio <= self.limit

    @property
    def wanted(self) -> str:
        """What is wanted, in words."""
        if self.limit is None:
            return "-"
        return f"{'at least' if self.faster else 'at most'} {self.limit:g}"

    def as_json(self) -> dict[str, Any]:
        """Return the result for programs."""
        return {
            "area": self.area,
            "what": self.what,
            "ours": self.ours,
            "theirs": self.theirs,
            "unit": self.unit,
            "limit": self.limit,
            "faster": self.faster,
            "ratio": self.ratio,
            "kept": self.kept,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Result:
        """Return the result that :meth:`as_json` gave."""
        return cls(**{name: data[name] for name in cls.__slots__})
