"""The stream of changes that a page follows."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from starlette.responses import StreamingResponse

from yamaha_ops.web.access.visitor import Visitor, visitor
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import ForbiddenError, LimitError
from yamaha_ops.web.live import GUARDS, MOST_STREAMS, MOST_TOPICS, Stream, messages

router = APIRouter(include_in_schema=False)


def _any_visitor(_console: Console, _visitor: Visitor, _topic: str) -> bool:
    return True


def _own_router(console: Console, visitor: Visitor, topic: str) -> bool:
    found = console.inventory().routers.get(topic.partition("-")[2])
    return found is not None and visitor.sees(found)


# What is told of the fleet and of alarms is told only to whoever sees the router that it is about.
GUARDS.update(fleet=_any_visitor, alarms=_any_visitor, router=_own_router)


@router.get("/live")
def live(
    console: Annotated[Console, Depends(console)],
    visitor: Annotated[Visitor, Depends(visitor)],
    topics: Annotated[str, Query(max_length=4096)],
    since: Annotated[str | None, Query(max_length=64)] = None,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    """Tell which topics change, for as long as the browser listens.

    Raises:
        ForbiddenError: A topic is unknown, or is about what the visitor may not see.
        LimitError: The visitor has too many streams.
    """
    names = frozenset(topics.split(","))
    if len(names) > MOST_TOPICS:
        raise LimitError("too many topics at once", seconds=60)
    for name in names:
        guard = GUARDS.get(name.partition("-")[0])
        if guard is None or not guard(console, visitor, name):
            raise ForbiddenError("that topic cannot be followed")
    hub = console.hub
    if hub.count(visitor.id) >= MOST_STREAMS:
        raise LimitError("too many pages are open at once", seconds=60)

    def allows(name: str) -> bool:
        found = console.inventory().routers.get(name)
        return found is None or visitor.sees(found)

    async def written() -> AsyncIterator[str]:
        # Made here, on the loop that it belongs to.
        stream = Stream(hub, names, owner=visitor.id, allows=allows, since=last_event_id or since)
        async for message in messages(stream, hub):
            yield message

    return StreamingResponse(
        written(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
