"""One's own account: password, second factor, browsers that are signed in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from yamaha_ops.errors import InputError
from yamaha_ops.web.access import accounts, logins, second_factor
from yamaha_ops.web.access.visitor import Visitor, newcomer, visitor
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.errors import ForbiddenError, LimitError, NotFoundError, SignInError
from yamaha_ops.web.fields import Id
from yamaha_ops.web.page import page
from yamaha_ops.web.store.people import Login, User

router = APIRouter(prefix="/account", include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]
Someone = Annotated[Visitor, Depends(visitor)]
Newcomer = Annotated[Visitor, Depends(newcomer)]
"""Somebody who may still have to set a password or a second factor."""


@router.get("")
def account(request: Request, console: TheConsole, visitor: Someone) -> Response:
    """Show who one is, and which browsers one is signed in with."""
    with console.database.reading() as session:
        found = session.scalars(
            select(Login)
            .where(Login.user_id == visitor.id, Login.complete)
            .order_by(Login.seen.desc())
        ).all()
    return page(
        request,
        visitor,
        "account.html",
        user=accounts.user_of(console, visitor.id),
        logins=found,
    )


@router.get("/password")
def password_form(request: Request, console: TheConsole, visitor: Newcomer) -> Response:
    """Ask for a new password."""
    return _password_page(request, console, visitor)


@router.post("/password")
def change_password(
    request: Request,
    console: TheConsole,
    visitor: Newcomer,
    old: Annotated[str, Form(max_length=1024)] = "",
    new: Annotated[str, Form(max_length=1024)] = "",
    again: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Set a new password; every other browser is signed out."""
    _only_browsers(visitor)
    if new != again:
        return _password_page(request, console, visitor, "account.not_twice")
    try:
        accounts.change_password(console, visitor, old, new)
    except (SignInError, LimitError, InputError) as error:
        return _password_page(request, console, visitor, _word(error, "account.password_bad"))
    return logins.signed_in(console, request, visitor.id, "/account", complete=True)


@router.get("/second-factor")
def second_factor_form(request: Request, console: TheConsole, visitor: Newcomer) -> Response:
    """Offer a secret for a telephone."""
    return _offer_page(request, console, visitor)


@router.post("/second-factor")
def set_second_factor(
    request: Request,
    console: TheConsole,
    visitor: Newcomer,
    offer: Annotated[str, Form(max_length=1024)] = "",
    code: Annotated[str, Form(max_length=64)] = "",
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Set the second factor up, and show the recovery codes this one time."""
    _only_browsers(visitor)
    user = _local(console, visitor)
    try:
        accounts.prove(console, user, password, visitor.address)
        codes = second_factor.accept(console, user, offer, code)
    except (SignInError, LimitError, InputError) as error:
        return _offer_page(request, console, visitor, _word(error, "account.code_wrong"))
    logins.end_all(console, visitor.id, but=visitor.login)
    console.audit(visitor, "account.second_factor", state="on")
    return page(request, visitor, "recovery.html", codes=codes)


@router.post("/second-factor/remove")
def remove_second_factor(
    request: Request,
    console: TheConsole,
    visitor: Someone,
    password: Annotated[str, Form(max_length=1024)] = "",
) -> Response:
    """Do without a second factor, where the settings allow it."""
    _only_browsers(visitor)
    if console.settings.access.second_factor == "required":
        raise ForbiddenError("the settings of this console require a second factor")
    try:
        accounts.prove(console, _local(console, visitor), password, visitor.address)
    except (SignInError, LimitError) as error:
        return _offer_page(request, console, visitor, _word(error, ""))
    second_factor.remove(console, visitor.id)
    console.audit(visitor, "account.second_factor", state="off")
    return RedirectResponse("/account", 303)


@router.post("/logins/{number}/end")
def end_login(console: TheConsole, visitor: Someone, number: Id) -> Response:
    """Sign one of one's own browsers out."""
    with console.database.reading() as session:
        login = session.get(Login, number)
    if login is None or login.user_id != visitor.id:
        raise NotFoundError(f"there is no login {number}")
    logins.end(console, number)
    console.audit(visitor, "account.login_ended")
    return RedirectResponse("/account", 303)


@router.post("/logins/end-others")
def end_other_logins(console: TheConsole, visitor: Someone) -> Response:
    """Sign all of one's own browsers out but this one."""
    logins.end_all(console, visitor.id, but=visitor.login)
    console.audit(visitor, "account.logins_ended")
    return RedirectResponse("/account", 303)


def _password_page(
    request: Request, console: Console, visitor: Visitor, error: str | None = None
) -> Response:
    user = _local(console, visitor)
    return page(
        request,
        visitor,
        "password.html",
        status=400 if error else 200,
        error=error,
        first=user.must_change,
        shortest=console.settings.access.password_length,
    )


def _offer_page(
    request: Request, console: Console, visitor: Visitor, error: str | None = None
) -> Response:
    user = _local(console, visitor)
    return page(
        request,
        visitor,
        "second_factor.html",
        status=400 if error else 200,
        error=error,
        offer=second_factor.offer(console, user),
        active=user.totp_sealed is not None,
        required=console.settings.access.second_factor == "required",
    )


def _word(error: Exception, otherwise: str) -> str:
    if isinstance(error, LimitError):
        return "login.wait"
    return "account.password_wrong" if isinstance(error, SignInError) else otherwise


def _local(console: Console, visitor: Visitor) -> User:
    user = accounts.user_of(console, visitor.id)
    if user.password_hash is None:
        raise NotFoundError("password and second factor are the provider's affair")
    return user


def _only_browsers(visitor: Visitor) -> None:
    """A script's token must not be a way to the account behind it."""
    if visitor.by_token:
        raise ForbiddenError("a token cannot change the account that it belongs to")
