"""The audit log."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from yamaha_ops.web.access.records import Wanted, entries, entry_as_json, every_entry
from yamaha_ops.web.access.visitor import Role, Visitor, need
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.page import page

router = APIRouter(prefix="/audit", include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]
Admin = Annotated[Visitor, Depends(need(Role.ADMIN))]


class Choice:
    """The filter, as a form's fields; days are those of the server's zone."""

    def __init__(
        self,
        who: Line = "",
        act: Line = "",
        router: Line = "",
        since: Annotated[Line, Query()] = "",
        until: Annotated[Line, Query()] = "",
    ) -> None:
        self.fields = {
            "who": who,
            "act": act,
            "router": router,
            "since": since,
            "until": until,
        }
        self.wanted = Wanted(
            who=who,
            act=act,
            router=router,
            since=_midnight(since),
            until=_midnight(until, after=1),
        )

    def query(self, **more: int) -> str:
        """Return the filter as the query of an address."""
        return urlencode({name: text for name, text in self.fields.items() if text} | more)


Chosen = Annotated[Choice, Depends()]


@router.get("")
def listing(
    request: Request, console: TheConsole, visitor: Admin, choice: Chosen, before: Id | None = None
) -> Response:
    """Show who did what, when and from where."""
    found = entries(console, choice.wanted, before=before)
    return page(
        request,
        visitor,
        "audit.html",
        entries=found.entries,
        older=f"/audit?{choice.query(before=found.older)}" if found.older else "",
        newest=f"/audit?{choice.query()}" if before else "",
        export=f"/audit/export?{choice.query()}",
        fields=choice.fields,
    )


@router.get("/export")
def export(console: TheConsole, visitor: Admin, choice: Chosen) -> Response:
    """Give the chosen entries as one JSON document."""
    console.audit(visitor, "audit.export")
    return StreamingResponse(
        _json(console, choice.wanted),
        media_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="audit.json"'},
    )


def _json(console: Console, wanted: Wanted) -> Iterator[str]:
    yield "["
    comma = "\n"
    for entry in every_entry(console, wanted):
        yield comma + json.dumps(entry_as_json(entry), ensure_ascii=False)
        comma = ",\n"
    yield "\n]\n"


def _midnight(day: str, *, after: int = 0) -> float | None:
    """Return when a day begins, or one so many days after; None for what is no day."""
    try:
        begin = datetime.combine(date.fromisoformat(day) + timedelta(days=after), time())
        return begin.astimezone().timestamp()
    except (OverflowError, ValueError):
        return None
