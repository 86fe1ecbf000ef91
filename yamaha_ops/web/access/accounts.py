"""What people do with their own account, and administrators with those of others."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select

from yamaha_ops.errors import InputError
from yamaha_ops.web.access import logins, second_factor
from yamaha_ops.web.access.passwords import check_password
from yamaha_ops.web.access.roles import Role
from yamaha_ops.web.errors import ConflictError, NotFoundError, SignInError
from yamaha_ops.web.store.people import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console

_FIRST_PASSWORD_BYTES: Final = 12


def user_of(console: Console, user_id: int) -> User:
    """Return a user.

    Raises:
        NotFoundError: There is none of that number.
    """
    with console.database.reading() as session:
        user = session.get(User, user_id)
    if user is None:
        raise NotFoundError(f"there is no user {user_id}")
    return user


def change_password(console: Console, visitor: Visitor, old: str, new: str) -> None:
    """Set one's own password; every login ends.

    Raises:
        SignInError: The old one is wrong.
        LimitError: It was wrong too often.
        InputError: The new one is no good, or the old one again.
    """
    user = user_of(console, visitor.id)
    prove(console, user, old, visitor.address)
    if old == new:
        raise InputError("the new password is the old one")
    check_password(new, user.name, shortest=console.settings.access.password_length)
    _set_password(console, user.id, new, must_change=False)
    console.audit(visitor, "account.password")


def prove(console: Console, user: User, password: str, address: str) -> None:
    """Hold somebody who is signed in to their password: a browser may have been left alone.

    Raises:
        SignInError: It is wrong.
        LimitError: It was wrong too often.
    """
    console.lockouts.refuse(user.name, address)
    if not console.passwords.matches(user.password_hash, password):
        console.lockouts.count(user.name, address)
        raise SignInError("the password is wrong")


def first_password() -> str:
    """Return a password for somebody to begin with."""
    return secrets.token_urlsafe(_FIRST_PASSWORD_BYTES)


def reset(console: Console, user_id: int, password: str) -> None:
    """Give somebody a new first password; second factor, lock and logins end.

    Raises:
        ConflictError: They come through a provider and have none.
    """
    user = user_of(console, user_id)
    if user.subject is not None:
        raise ConflictError(f"{user.name} signs in through the provider and has no password here")
    check_password(password, user.name, shortest=console.settings.access.password_length)
    second_factor.remove(console, user.id)
    console.lockouts.forget(user.name)
    _set_password(console, user.id, password, must_change=True)


def change_user(
    console: Console,
    user_id: int,
    *,
    roles: Iterable[Role],
    labels: Mapping[str, Iterable[str]] | None,
    barred: bool,
) -> None:
    """Set what somebody may do, on which routers, and whether at all.

    Raises:
        ConflictError: Nobody would be left to look after users.
        NotFoundError: There is no such user.
    """
    names = sorted(role.value for role in roles)
    with console.database.session() as session:
        user = session.get(User, user_id, with_for_update=True)
        if user is None:
            raise NotFoundError(f"there is no user {user_id}")
        user.roles = names
        user.labels = None if labels is None else {key: sorted(labels[key]) for key in labels}
        user.barred = barred
        _keep_an_administrator(session)
    if barred:
        logins.end_all(console, user_id)


def remove_user(console: Console, user_id: int) -> None:
    """Remove somebody, with their logins and tokens; the audit log keeps what they did.

    Raises:
        ConflictError: Nobody would be left to look after users.
    """
    with console.database.session() as session:
        session.execute(delete(User).where(User.id == user_id))
        _keep_an_administrator(session)


def _keep_an_administrator(session: Session) -> None:
    session.flush()
    left = session.scalars(select(User).where(User.barred.is_(False))).all()
    if not any(Role.ADMIN in user.roles for user in left):
        raise ConflictError("nobody would be left who may look after users")


def _set_password(console: Console, user_id: int, password: str, *, must_change: bool) -> None:
    hashed = console.passwords.hash(password)
    with console.database.session() as session:
        user = session.get_one(User, user_id)
        user.password_hash = hashed
        user.must_change = must_change
    logins.end_all(console, user_id)
