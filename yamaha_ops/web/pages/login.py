"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from yamaha_ops.web.access import logins
from yamaha_ops.web.access.cookies import LOGIN, VISIT
from yamaha_ops.web.access.entry import check_entry
from yamaha_ops.web.access.visitor import newcomer
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import LimitError, SignInError
from yamaha_ops.web.page import page
from yamaha_ops.web.request import address_of, own_place

router = APIRouter(include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]


@router.get("/login")
def form(request: Request, next: str = "/") -> Response:  # noqa: A002 -- the name in addresses
    """Show the form."""
    return page(request, None, "login.html", next=own_place(next), error=None, name="")


@router.post("/login")
def enter(
    request: Request,
    console: TheConsole,
    name: Annotated[str, Form(max_length=256)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[str, Form(max_length=2048)] = "/",  # noqa: A002 -- the name in addresses
) -> Response:
    """Sign in by name and password."""
    place = own_place(next)
    address = address_of(request, console.settings.proxies)
    try:
        user = check_entry(console, name, password, address)
    except (LimitError, SignInError) as error:
        limited = isinstance(error, LimitError)
        response: Response = page(
            request,
            None,
            "login.html",
            status=error.status if limited else 401,
            next=place,
            error="login.wait" if limited else "login.wrong",
            name=name,
        )
        if isinstance(error, LimitError):
            response.headers["Retry-After"] = str(int(error.seconds) + 1)
        return response
    return signed_in(request, console, user.id, place, complete=True)


def signed_in(
    request: Request, console: Console, user_id: int, place: str, *, complete: bool
) -> Response:
    """Give the browser a new key, whatever it had before, and lead on."""
    secure = console.settings.secure
    key = logins.begin(
        console,
        user_id,
        complete=complete,
        address=address_of(request, console.settings.proxies),
        agent=request.headers.get("user-agent", ""),
    )
    response = RedirectResponse(place, 303)
    LOGIN.write(response, key, secure=secure)
    VISIT.remove(response, secure=secure)
    return response


@router.post("/logout")
def leave(request: Request, console: TheConsole) -> Response:
    """Sign out."""
    response = RedirectResponse("/login", 303)
    LOGIN.remove(response, secure=console.settings.secure)
    try:
        someone = newcomer(request, console)
    except SignInError:
        return response
    if someone.login is not None:
        logins.end(console, someone.login)
        console.audit(someone, "logout")
    return response
