"""Who may follow what happens to changes and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.web.act.book import Book
from yamaha_ops.web.errors import NotFoundError
from yamaha_ops.web.live import GUARDS
from yamaha_ops.web.store.changes import Run

if TYPE_CHECKING:
    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console


def _number(topic: str) -> int:
    text = topic.partition("-")[2]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else 0  # noqa: PLR2004 -- below 2**31


def _change(console: Console, visitor: Visitor, topic: str) -> bool:
    try:
        Book(console).find(visitor, _number(topic))
    except NotFoundError:
        return False
    return True


def _run(console: Console, visitor: Visitor, topic: str) -> bool:
    with console.database.reading() as session:
        run = session.get(Run, _number(topic))
    routers = console.inventory().routers
    return run is not None and any(
        visitor.sees(routers[name]) for name in run.routers if name in routers
    )


def _everybody(_console: Console, _visitor: Visitor, _topic: str) -> bool:
    """Let everybody follow: of a change only those are told who see its router."""
    return True


def install() -> None:
    """Say who may follow the topics of this room."""
    GUARDS.update(change=_change, changes=_everybody, run=_run, runs=_everybody)
