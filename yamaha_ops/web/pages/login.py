"""Signing in and out."""

from contextlib import suppress
from math import ceil
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from yamaha_ops.web.access import logins
from yamaha_ops.web.access.cookies import LOGIN, NEXT
from yamaha_ops.web.access.entry import check_code, check_entry, entered
from yamaha_ops.web.access.visitor import newcomer
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import LimitError, SignInError
from yamaha_ops.web.fields import Place
from yamaha_ops.web.page import page
from yamaha_ops.web.request import address_of, own_place

router = APIRouter(include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]


@router.get("/login")
def form(request: Request, next: Place = "/") -> Response:  # noqa: A002 -- the name in addresses
    """Show the form."""
    return page(request, None, "login.html", next=own_place(next), error=None, name="")


@router.post("/login")
def enter(
    request: Request,
    console: TheConsole,
    name: Annotated[str, Form(max_length=256)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
    next: Annotated[Place, Form()] = "/",  # noqa: A002 -- the name in addresses
) -> Response:
    """Sign in by name and password."""
    place = own_place(next)
    address = address_of(request, console.settings.proxies)
    try:
        user = check_entry(console, name, password, address)
    except (LimitError, SignInError) as error:
        return _refused(request, error, "login.html", next=place, name=name)
    complete = user.totp_sealed is None
    response = logins.signed_in(
        console, request, user.id, place if complete else "/login/code", complete=complete
    )
    if complete:
        entered(console, user, address, how="password")
    else:
        # Kept in the browser until the code has come.
        NEXT.write(
            response, place, secure=console.settings.secure, seconds=int(logins.HALFWAY_SECONDS)
        )
    return response


@router.get("/login/code")
def code_form(request: Request, console: TheConsole) -> Response:
    """Ask for the second factor."""
    logins.login_of(console, request, complete=False)
    return page(request, None, "code.html", error=None)


@router.post("/login/code")
def enter_code(
    request: Request, console: TheConsole, code: Annotated[str, Form(max_length=64)] = ""
) -> Response:
    """Complete a login by a code of the second factor, or by a recovery code."""
    user = logins.login_of(console, request, complete=False).user
    address = address_of(request, console.settings.proxies)
    try:
        kind = check_code(console, user, code, address)
    except (LimitError, SignInError) as error:
        return _refused(request, error, "code.html")
    secure = console.settings.secure
    place = own_place(NEXT.read(request, secure=secure))
    response = logins.signed_in(console, request, user.id, place, complete=True)
    NEXT.remove(response, secure=secure)
    entered(console, user, address, how=kind)
    return response


@router.post("/logout")
def leave(request: Request, console: TheConsole) -> Response:
    """Sign out."""
    response = RedirectResponse("/login", 303)
    LOGIN.remove(response, secure=console.settings.secure)
    with suppress(SignInError):
        console.audit(newcomer(request, console), "logout")
    logins.forget(console, request)
    return response


def _refused(
    request: Request, error: LimitError | SignInError, template: str, /, **values: str
) -> Response:
    words = "wait" if isinstance(error, LimitError) else "wrong"
    word = f"{template.removesuffix('.html')}.{words}"
    response = page(request, None, template, status=error.status, error=word, **values)
    if isinstance(error, LimitError):
        response.headers["Retry-After"] = str(ceil(error.seconds))
    return response
