"""How much may be asked of a fleet at once, and of any one place in it."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

Item = TypeVar("Item")

LOOKAHEAD = 8
"""How many times ``at_once`` items are looked at to find one whose site has room."""


@dataclass(frozen=True, slots=True)
class Policy(Generic[Item]):
    """Limits beside the number of items under way.

    Attributes:
        seconds: How long an item may take before it is given up. What runs cannot be stopped: it
            keeps its place until it ends by itself, and its result is dropped. Not for changes.
        site: Where an item is: what shares a line with others.
        per_site: How many items of one site may be under way.
    """

    seconds: float | None = None
    site: Callable[[Item], Hashable] | None = None
    per_site: int | None = None


class Admission(Generic[Item]):
    """Lets items in, in their order unless a site is full.

    Args:
        items: Taken one by one, no further ahead than needed.
        at_once: How many may be in.
        policy: What else limits.
    """

    def __init__(self, items: Iterable[Item], at_once: int, policy: Policy[Item]) -> None:
        self._rest = iter(items)
        self._exhausted = False
        self._at_once = at_once
        self._inside = 0
        self._policy = policy
        self._waiting: deque[Item] = deque()
        self._busy: Counter[Hashable] = Counter()

    def admit(self) -> Iterator[Item]:
        """Give the items that may begin now; each counts until :meth:`left`."""
        for _ in range(len(self._waiting)):
            if self._inside >= self._at_once:
                return
            item = self._waiting.popleft()
            if self._has_room(item):
                yield self._enter(item)
            else:
                self._waiting.append(item)
        while self._inside < self._at_once and len(self._waiting) < LOOKAHEAD * self._at_once:
            try:
                item = next(self._rest)
            except StopIteration:
                self._exhausted = True
                return
            if self._has_room(item):
                yield self._enter(item)
            else:
                self._waiting.append(item)

    @property
    def everybody_in(self) -> bool:
        """Whether nobody is left outside."""
        return self._exhausted and not self._waiting

    def left(self, item: Item) -> None:
        """Make room again."""
        self._inside -= 1
        if self._policy.site:
            self._busy[self._policy.site(item)] -= 1

    def _has_room(self, item: Item) -> bool:
        site, most = self._policy.site, self._policy.per_site
        return site is None or most is None or self._busy[site(item)] < most

    def _enter(self, item: Item) -> Item:
        self._inside += 1
        if self._policy.site:
            self._busy[self._policy.site(item)] += 1
        return item
