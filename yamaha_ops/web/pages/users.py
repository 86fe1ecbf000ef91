"""Users, for administrators."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request
from pydantic import BaseModel
from sqlalchemy import select
from starlette.responses import RedirectResponse, Response

from yamaha_ops.web.access import accounts, issuing
from yamaha_ops.web.access.assignment import labels_as_text, labels_from
from yamaha_ops.web.access.roles import Role, covers
from yamaha_ops.web.access.users import add_user
from yamaha_ops.web.access.visitor import Visitor, need
from yamaha_ops.web.console import Console, console
from yamaha_ops.web.fields import Id, Line
from yamaha_ops.web.page import page
from yamaha_ops.web.store.people import User

router = APIRouter(prefix="/users", include_in_schema=False)

TheConsole = Annotated[Console, Depends(console)]
Admin = Annotated[Visitor, Depends(need(Role.ADMIN))]


class Rights(BaseModel):
    """What the form says that somebody may do."""

    roles: tuple[Role, ...] = ()
    reach: Literal["all", "labels"] = "all"
    labels: Line = ""
    barred: bool = False

    def assigned(self) -> dict[str, list[str]] | None:
        """Return which routers, None for every one.

        Raises:
            InputError: The labels are not such.
        """
        return None if self.reach == "all" else labels_from(self.labels)


class Newcomer(Rights):
    """Whom the form describes."""

    name: Line = ""
    shown_name: Line = ""


@router.get("")
def listing(request: Request, console: TheConsole, visitor: Admin) -> Response:
    """List everybody."""
    return page(
        request,
        visitor,
        "users.html",
        users=_everybody(console),
        roles=_granted(),
        as_text=labels_as_text,
    )


@router.post("")
def add(
    request: Request, console: TheConsole, visitor: Admin, form: Annotated[Newcomer, Form()]
) -> Response:
    """Make a user, and show the first password this one time."""
    issuing.refuse_tokens(visitor)
    password = accounts.first_password()
    user = add_user(
        console,
        form.name,
        password,
        roles=form.roles,
        shown_name=form.shown_name,
        labels=form.assigned(),
    )
    console.audit(visitor, "user.added", user=user.name, roles=user.roles, labels=user.labels)
    return _one(request, console, visitor, user.id, password=password)


@router.get("/{number}")
def one(request: Request, console: TheConsole, visitor: Admin, number: Id) -> Response:
    """Show one user."""
    return _one(request, console, visitor, number)


@router.post("/{number}")
def change(
    console: TheConsole, visitor: Admin, number: Id, form: Annotated[Rights, Form()]
) -> Response:
    """Set what somebody may do."""
    issuing.refuse_tokens(visitor)
    user = accounts.user_of(console, number)
    labels = form.assigned()
    accounts.change_user(console, number, roles=form.roles, labels=labels, barred=form.barred)
    console.audit(
        visitor,
        "user.changed",
        user=user.name,
        roles=sorted(role.value for role in form.roles),
        labels=labels,
        barred=form.barred,
    )
    return RedirectResponse(f"/users/{number}", 303)


@router.post("/{number}/reset")
def reset(request: Request, console: TheConsole, visitor: Admin, number: Id) -> Response:
    """Give somebody a new first password, shown this one time; their second factor goes."""
    issuing.refuse_tokens(visitor)
    password = accounts.first_password()
    accounts.reset(console, number, password)
    console.audit(visitor, "user.reset", user=accounts.user_of(console, number).name)
    return _one(request, console, visitor, number, password=password)


@router.post("/{number}/remove")
def remove(console: TheConsole, visitor: Admin, number: Id) -> Response:
    """Remove somebody."""
    issuing.refuse_tokens(visitor)
    user = accounts.user_of(console, number)
    accounts.remove_user(console, number)
    console.audit(visitor, "user.removed", user=user.name)
    return RedirectResponse("/users", 303)


def _one(
    request: Request,
    console: Console,
    visitor: Visitor,
    number: int,
    *,
    password: str | None = None,
) -> Response:
    user = accounts.user_of(console, number)
    labels = user.labels
    wanted = None if labels is None else {key: tuple(each) for key, each in labels.items()}
    routers = [
        router.name for router in console.inventory().routers.values() if covers(wanted, router)
    ]
    return page(
        request,
        visitor,
        "user.html",
        user=user,
        password=password,
        roles=_granted(),
        labels=labels_as_text(labels),
        routers=routers,
        tokens=issuing.tokens_of(console, number),
    )


def _everybody(console: Console) -> Sequence[User]:
    with console.database.reading() as session:
        return session.scalars(select(User).order_by(User.name)).all()


def _granted() -> list[Role]:
    return [role for role in Role if role is not Role.VIEWER]
