"""The way in: a name and a password, and what wrong ones lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from yamaha_ops.web.access import second_factor
from yamaha_ops.web.errors import SignInError
from yamaha_ops.web.store.people import User

if TYPE_CHECKING:
    from yamaha_ops.web.console import Console


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who says who they are, for the audit log."""

    name: str
    address: str


def check_entry(console: Console, name: str, password: str, address: str) -> User:
    """Return the user whose name and password these are.

    An unknown name, a wrong password and a user of another kind take as long and get the same
    answer; so does the right password of a barred user.

    Raises:
        LimitError: Too many attempts from this address, or the name is locked.
        SignInError: They are not right.
    """
    console.limits.take("login", address, a_minute=console.settings.access.logins_a_minute)
    said = name.strip().lower()[:64]
    console.lockouts.refuse(said, address)
    user = None
    if said.isprintable():  # a database may refuse others
        with console.database.reading() as session:
            user = session.scalar(select(User).where(User.name == said))
    right = console.passwords.matches(user.password_hash if user else None, password)
    if user is None or not right or user.barred:
        console.lockouts.count(said, address)
        # Not what was typed: now and then that is a password in the wrong field.
        console.audit(Stranger(user.name if user else "-", address), "login.refused")
        raise SignInError("the name or the password is wrong")
    if user.password_hash and console.passwords.outdated(user.password_hash):
        with console.database.session() as session:
            hashed = console.passwords.hash(password)
            session.get_one(User, user.id).password_hash = hashed
    return user


def check_code(console: Console, user: User, code: str, address: str) -> str:
    """Use up a code of somebody whose password was right, and return what kind it was.

    Raises:
        LimitError: Too many attempts from this address, or the name is locked.
        SignInError: The code is wrong, or was used before.
    """
    console.limits.take("login", address, a_minute=console.settings.access.logins_a_minute)
    console.lockouts.refuse(user.name, address)
    kind = second_factor.use_code(console, user.id, code)
    if kind is None:
        console.lockouts.count(user.name, address)
        console.audit(Stranger(user.name, address), "login.refused", factor="code")
        raise SignInError("the code is wrong")
    return kind


def entered(console: Console, user: User, address: str, *, how: str) -> None:
    """Note that somebody came in."""
    console.lockouts.forget(user.name)
    with console.database.session() as session:
        session.get_one(User, user.id).last_login = console.now()
    console.audit(Stranger(user.name, address), "login", how=how)
