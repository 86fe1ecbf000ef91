"""Tokens for scripts."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from yamaha_ops.web.access.issuing import issue, tokens_of, withdraw
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.access.visitor import Visitor, visitor
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.page import page

router = APIRouter(prefix="/tokens", include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]
Someone = Annotated[Visitor, Depends(visitor)]

LIVES = (7, 30, 90, 365)
"""In days; the third is offered first."""


@router.get("")
def listing(request: Request, console: TheConsole, visitor: Someone) -> Response:
    """List one's own tokens."""
    return _listing(request, console, visitor, key=None)


@router.post("")
def make(
    request: Request,
    console: TheConsole,
    visitor: Someone,
    name: Annotated[Line, Form()] = "",
    days: Annotated[int, Form(ge=0, le=3660)] = 90,
    roles: Annotated[tuple[Role, ...], Form()] = (),
) -> Response:
    """Make a token, and show it this one time."""
    key = issue(console, visitor, name, roles, days=days or None)
    return _listing(request, console, visitor, key=key)


@router.post("/{number}/withdraw")
def end(console: TheConsole, visitor: Someone, number: Id) -> Response:
    """Withdraw one of one's own tokens."""
    withdraw(console, visitor, number)
    return RedirectResponse("/tokens", 303)


def _listing(request: Request, console: Console, visitor: Visitor, key: str | None) -> Response:
    return page(
        request,
        visitor,
        "tokens.html",
        tokens=tokens_of(console, visitor.id),
        key=key,
        lives=LIVES,
        grantable=[role for role in Role if visitor.may(role) and role is not Role.VIEWER],
        now=console.now(),
    )
