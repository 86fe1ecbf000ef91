"""Oneself, users, tokens and the audit log."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field
from sqlalchemy import select

from yamaha_ops.web.access.issuing import issue, tokens_of, withdraw
from yamaha_ops.web.access.records import Wanted, entries, entry_as_json
from yamaha_ops.web.access.visitor import Role, Visitor, need, visitor
from yamaha_ops.web.api.problems import PROBLEMS
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.store.people import Token, User

router = APIRouter(prefix="/api/v1", tags=["people"], responses=PROBLEMS)

TheConsole = Annotated[Console, Depends(console)]
Someone = Annotated[Visitor, Depends(visitor)]
Admin = Annotated[Visitor, Depends(need(Role.ADMIN))]


class Me(BaseModel):
    """Who asks."""

    name: str
    shown_name: str
    roles: list[Role]
    labels: dict[str, list[str]] | None
    """Which routers; null for every one."""
    by_token: bool


class Person(BaseModel):
    """A user."""

    id: int
    name: str
    shown_name: str
    roles: list[str]
    labels: dict[str, list[str]] | None
    provider: bool
    """Comes through OpenID Connect."""
    second_factor: bool
    barred: bool
    last_login: float | None
    """Seconds since 1970."""


class Kept(BaseModel):
    """A token, as far as it can still be shown."""

    id: int
    name: str
    start: str
    roles: list[str]
    created: float
    expires: float | None
    last_used: float | None


class Order(BaseModel):
    """A token that is to be made."""

    name: Annotated[Line, Field(min_length=1)]
    roles: list[Role] = []
    days: Annotated[int, Field(ge=1, le=3660)] | None = 90
    """When it ends; null for never."""


class Made(BaseModel):
    """A new token; nobody can show it again."""

    token: str


class Log(BaseModel):
    """A page of the audit log, the newest first."""

    entries: list[dict[str, Any]]
    before: int | None
    """Ask with this for the next older page; null at the end."""


@router.get("/me")
def me(visitor: Someone) -> Me:
    """Tell who asks, and what they may do."""
    return Me(
        name=visitor.name,
        shown_name=visitor.shown_name,
        roles=[role for role in Role if visitor.may(role)],
        labels=None
        if visitor.labels is None
        else {key: list(values) for key, values in visitor.labels.items()},
        by_token=visitor.by_token,
    )


@router.get("/users")
def users(console: TheConsole, _visitor: Admin) -> list[Person]:
    """List everybody."""
    with console.database.reading() as session:
        found = session.scalars(select(User).order_by(User.name)).all()
    return [
        Person(
            id=user.id,
            name=user.name,
            shown_name=user.shown_name,
            roles=user.roles,
            labels=user.labels,
            provider=user.subject is not None,
            second_factor=user.totp_sealed is not None,
            barred=user.barred,
            last_login=user.last_login,
        )
        for user in found
    ]


@router.get("/tokens")
def tokens(console: TheConsole, visitor: Someone) -> list[Kept]:
    """List one's own tokens."""
    return [_kept(token) for token in tokens_of(console, visitor.id)]


@router.post("/tokens", status_code=201)
def make_token(console: TheConsole, visitor: Someone, order: Order) -> Made:
    """Make a token; only for a browser that somebody is signed in with."""
    return Made(token=issue(console, visitor, order.name, order.roles, days=order.days))


@router.delete("/tokens/{number}", status_code=204)
def end_token(console: TheConsole, visitor: Someone, number: Id) -> None:
    """Withdraw one of one's own tokens; only for a browser that somebody is signed in with."""
    withdraw(console, visitor, number)


@router.get("/audit")
def audit(  # noqa: PLR0913 -- a filter's fields
    *,
    console: TheConsole,
    _visitor: Admin,
    who: Line = "",
    act: Line = "",
    router: Line = "",
    since: Annotated[float | None, Query(ge=0, le=1e11)] = None,
    until: Annotated[float | None, Query(ge=0, le=1e11)] = None,
    before: Id | None = None,
) -> Log:
    """Read the audit log; times are seconds since 1970."""
    wanted = Wanted(who=who, act=act, router=router, since=since, until=until)
    found = entries(console, wanted, before=before)
    return Log(entries=[entry_as_json(entry) for entry in found.entries], before=found.older)


def _kept(token: Token) -> Kept:
    return Kept(
        id=token.id,
        name=token.name,
        start=token.start,
        roles=token.roles,
        created=token.created,
        expires=token.expires,
        last_used=token.last_used,
    )
