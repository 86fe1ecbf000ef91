"""One backup among others, and what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.history.errors import HistoryError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.history.snapshot import Kind


@dataclass(frozen=True, slots=True)
class Revision:
    """One backup of one router.

    Attributes:
        id: The commit, in full.
        router: Inventory name.
        time: When it was made, in seconds since 1970.
        author: Who made it.
        reason: Why.
        tags: Names that it was given.
    """

    id: str
    router: str
    time: float
    author: str
    reason: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Backup:
    """What a revision holds: the texts, with references in the places of secrets.

    Attributes:
        router: Inventory name.
        revision: The commit.
        model: As the banner said.
        firmware: As the banner said.
        texts: By kind; a kind that could not be read is absent.
        tokens: What stands for the secrets, by kind and the name of their place.
        notes: What could not be read, or not completely.
    """

    router: str
    revision: str
    model: str
    firmware: str
    texts: Mapping[str, str]
    tokens: Mapping[str, Mapping[str, str]]
    notes: tuple[str, ...] = ()

    def text(self, kind: Kind | str) -> str:
        """Return one of the texts.

        Raises:
            HistoryError: This backup has none of that kind; the note says why.
        """
        try:
            return self.texts[kind]
        except KeyError:
            reason = next((note for note in self.notes if note.startswith(f"{kind}:")), None)
            raise HistoryError(
                f"revision {self.revision[:10]} holds no {kind} configuration",
                router=self.router,
                hint=reason,
            ) from None
