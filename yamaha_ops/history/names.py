"""Names in the repository, and the words users have for revisions."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from yamaha_ops.history.errors import HistoryError
from yamaha_ops.history.snapshot import Kind

BRANCHES: Final = "refs/heads/"
TAGS: Final = "refs/tags/"
DRAFTS: Final = "refs/drafts/"

BACK: Final = re.compile(r"~(\d{1,6})")
HASH: Final = re.compile(r"[0-9a-f]{6,40}")
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_RESERVED: Final = frozenset({"latest", "rendered", "draft", *Kind})


def branch(router: str) -> str:
    """Return the branch of a router."""
    return f"{BRANCHES}{_quoted(router)}"


def seen(router: str) -> str:
    """Return the file name that stands for a router."""
    return _quoted(router)


def tags(router: str) -> str:
    """Return the folder of a router's tags."""
    return f"{TAGS}{_quoted(router)}/"


def tag(router: str, name: str) -> str | None:
    """Return where a tag would be; None where it cannot be one."""
    if not _NAME.fullmatch(name) or ".." in name:
        return None
    return f"{tags(router)}{_quoted(name)}"


def new_tag(router: str, name: str) -> str:
    """Return where a new tag goes.

    Raises:
        HistoryError: The word cannot be a tag, or means something else already.
    """
    place = tag(router, name)
    if place is None or name in _RESERVED or HASH.fullmatch(name):
        raise HistoryError(
            f"{name!r} cannot be a tag",
            router=router,
            hint="Letters, digits, dots and hyphens; not a word like running, not a hash.",
        )
    return place


def drafts(router: str) -> str:
    """Return the folder of a router's drafts."""
    return f"{DRAFTS}{_quoted(router)}/"


def draft(router: str, name: str) -> str:
    """Return where a draft is.

    Raises:
        HistoryError: The word cannot be the name of one.
    """
    if not _NAME.fullmatch(name) or ".." in name:
        raise HistoryError(f"{name!r} cannot be the name of a draft", router=router)
    return f"{drafts(router)}{_quoted(name)}"


def until(router: str, text: str) -> int:
    """Return the last second of a moment or a day."""
    try:
        seconds = int(datetime.fromisoformat(text).astimezone().timestamp())
    except (ValueError, OverflowError):  # no date, or one that no clock shows
        raise HistoryError(
            f"{text!r} is no date", router=router, hint="Write @2026-11-24 or @2026-11-24T08:30."
        ) from None
    day = len(text) == len("2026-11-24")
    return seconds + (86_399 if day else 0)


def _quoted(name: str) -> str:
    """Return a name as part of a git name, which cannot hold ``..`` or end with ``.lock``."""
    if name.endswith(".lock"):
        name = f"{name.removesuffix('.lock')}%2Elock"
    return name.replace("..", "%2E%2E")
