"""Configurations as text in a browser: shown with their secrets masked, taken back with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration
from yamaha_ops.errors import InputError
from yamaha_ops.history.completing import completed

if TYPE_CHECKING:
    from yamaha_ops.history import Person, Store

LONGEST: int = 512 * 1024
"""Bytes of a draft; a router's whole memory for configurations is smaller."""


def keep_draft(  # noqa: PLR0913 -- a draft's properties, by name
    store: Store,
    router: str,
    name: str,
    text: str,
    *,
    base: Configuration,
    author: Person,
    now: float,
) -> None:
    """Keep an edited text as a draft.

    A line whose secret is masked, and which is otherwise as in ``base``, gets its secret from
    there. What stays masked is left as the router has it.

    Raises:
        InputError: The text is empty or too long.
        ConfigError: It is no configuration.
        HistoryError: It cannot be kept.
    """
    if not text.strip():
        raise InputError("a draft needs a configuration")
    if len(text.encode()) > LONGEST:
        raise InputError(f"a draft has at most {LONGEST // 1024} KiB")
    lines = "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())
    edited = Configuration.parse(lines, source=f"{router}: draft {name}")
    store.draft(router, completed(edited, base), name=name, author=author, now=now)
