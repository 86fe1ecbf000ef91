"""The fleet at a glance: every router that a visitor sees, as one row."""

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from yamaha_ops.web.access.visitor import Visitor, visitor
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Line
from yamaha_ops.web.page import page
from yamaha_ops.web.watch import overview
from yamaha_ops.web.watch.overview import Show, Sort

router = APIRouter(include_in_schema=False)

MOST_CHIPS = 8
"""Values of one label that have a link of their own; a search finds the others."""


def wanted(
    q: Line = "",
    label: Annotated[list[Line], Query(max_length=20)] = [],  # noqa: B006 -- FastAPI copies it
    show: Show = Show.ALL,
    sort: Sort = Sort.NAME,
    down: bool = False,  # noqa: FBT001, FBT002 -- a query parameter
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> overview.Query:
    """Read from the address what of the fleet is wanted."""
    return overview.Query(
        words=tuple(q.lower().split()),
        labels=tuple(dict.fromkeys(label)),
        show=show,
        sort=sort,
        down=down,
        page=page,
    )


Wanted = Annotated[overview.Query, Depends(wanted)]


@router.get("/")
def fleet(
    request: Request,
    console: Annotated[Console, Depends(console)],
    visitor: Annotated[Visitor, Depends(visitor)],
    query: Wanted,
) -> Response:
    """Show the fleet."""
    return page(request, visitor, "fleet.html", **_values(console, visitor, query))


@router.get("/fragments/fleet")
def fragment(
    request: Request,
    console: Annotated[Console, Depends(console)],
    visitor: Annotated[Visitor, Depends(visitor)],
    query: Wanted,
) -> Response:
    """Give the part of the page that changes."""
    return page(request, visitor, "_fleet.html", **_values(console, visitor, query))


def _values(console: Console, visitor: Visitor, query: overview.Query) -> dict[str, Any]:
    found = overview.overview(overview.rows_for(console, visitor), query)
    return {
        "found": found,
        "query": replace(query, page=found.page),
        "address": address,
        "toggled": _toggled,
        "chips": _chips(found, query),
        "columns": tuple(Sort),
    }


def address(query: overview.Query, path: str = "/", /, **changes: Any) -> str:
    """Return the address of a query, changed; any change leads to the first page."""
    changed = replace(query, **({"page": 1} | changes))
    parts: list[tuple[str, str]] = []
    if changed.words:
        parts.append(("q", " ".join(changed.words)))
    parts += [("label", each) for each in changed.labels]
    if changed.show is not Show.ALL:
        parts.append(("show", changed.show.value))
    if changed.sort is not Sort.NAME:
        parts.append(("sort", changed.sort.value))
    if changed.down:
        parts.append(("down", "true"))
    if changed.page > 1:
        parts.append(("page", str(changed.page)))
    return f"{path}?{urlencode(parts)}" if parts else path


def _toggled(query: overview.Query, label: str) -> str:
    """Return the address with a label more, or less."""
    labels = tuple(each for each in query.labels if each != label)
    if labels == query.labels:
        labels = (*labels, label)
    return address(query, labels=labels)


def _chips(found: overview.Overview, query: overview.Query) -> list[tuple[str, str, int, bool]]:
    """Return labels to choose from: label, value, how many routers, whether it is chosen."""
    chips = []
    for key, values in found.labels.items():
        for place, (value, count) in enumerate(values):
            label = f"{key}={value}"
            chosen = label in query.labels
            if chosen or place < MOST_CHIPS:
                chips.append((label, value, count, chosen))
    return chips
